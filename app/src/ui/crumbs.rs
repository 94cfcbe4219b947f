//! The way from the lists to a page: where am I, and in what.

use leptos::prelude::*;

/// The pages above this one, (address, label) each, outermost first, and this page itself. Nothing where there is none above it.
#[component]
pub fn Crumbs(above: Vec<(String, String)>, #[prop(into)] here: String) -> impl IntoView {
    (!above.is_empty()).then(|| {
        let above = above.into_iter().map(|(to, label)| view! { <li><a href=to dir="auto">{label}</a></li> }).collect_view();
        view! {
            <nav class="crumbs" aria-label="Breadcrumb">
                <ol>{above}<li aria-current="page" dir="auto">{here}</li></ol>
            </nav>
        }
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn the_last_crumb_is_this_page() {
        let above = vec![("/days".to_owned(), "Panel days".to_owned()), ("/days/1".to_owned(), "CAP Day".to_owned())];
        let html = Owner::new().with(|| view! { <Crumbs above here="Support"/> }.to_html());
        let (links, here) = html.split_once("aria-current=\"page\"").expect("one current page");
        assert!(links.contains("href=\"/days\"") && links.contains("CAP Day") && html.contains("aria-label=\"Breadcrumb\""), "{html}");
        assert!(here.contains("Support") && !here.contains("href"), "{html}");
        let none = Owner::new().with(|| view! { <Crumbs above=vec![] here="Panel days"/> }.to_html());
        assert!(!none.contains("<nav"), "{none}");
    }
}
