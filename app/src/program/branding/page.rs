//! `/programs/{id}/branding`: what guests see of the organisation, with a preview in light and dark.

use leptos::nonce::use_nonce;
use leptos::prelude::*;

use super::rules::{MAX_LOGO_FILE_BYTES, suggested};
use super::{Branding, store};
use crate::access::account::Permission;
use crate::access::page::{PageContext, Wordmark, page};
use crate::kernel::error::Error;
use crate::kernel::ids::ProgramId;
use crate::kernel::locale::Locale;
use crate::program::{self, Program};
use crate::t;
use crate::ui::form::{ErrorSummary, tried};
use crate::ui::{Confirm, DefList, Field, Form, Hidden, PageHead, Submit, TextArea, param};

/// `/programs/{id}/branding`.
pub fn branding() -> impl IntoView {
    let id = param::<ProgramId>("id");
    page("Branding", Permission::EditBranding, move |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let program = program::store::find(&mut tx, id?).await?.ok_or(Error::NotFound)?;
        let branding = store::find(&mut tx, program.id).await?;
        let (here, name) = (format!("/programs/{}", program.id), program.charter.name.clone());
        let crumbs = vec![("/programs".into(), "Programs".into()), (here, name)];
        Ok(view! {
            <PageHead title="Branding" sub="What guests see: invitees, panelists, owners by link, nominators and readers of public reports." crumbs/>
            <div class="side">
                <div class="stack">
                    {logo_section(&branding, &program)}
                    <section class="card pad stack">
                        <h2>"Colour and words"</h2>
                        {fields(&branding, &program)}
                    </section>
                </div>
                <section class="stack" aria-label="Preview">
                    <h2>"Preview"</h2>
                    {previews(&branding, &program, cx.locale)}
                </section>
            </div>
        })
    })
}

/// What is set, on the program's page.
pub fn card(branding: &Branding, program: &Program, may_edit: bool) -> impl IntoView + use<> {
    let words = &branding.words;
    let or = |text: &str, otherwise: &str| if text.is_empty() { otherwise.to_owned() } else { text.replace('\n', ", ") };
    let logo = if branding.logo.logo_hash.is_some() { "Uploaded" } else { "None" };
    let rows = vec![
        ("Logo", logo.to_owned()),
        ("Accent colour", or(&words.accent, "Standard blue")),
        ("Sender of emails", or(&words.sender, &program.charter.organisation)),
        ("Signature", or(&words.signature, "Sponsor and organisation")),
    ];
    let edit = match may_edit {
        true => view! { <p><a class="btn" href=format!("/programs/{}/branding", program.id)>"Edit branding"</a></p> }.into_any(),
        false => view! { <p class="dim">"Administrators can change it."</p> }.into_any(),
    };
    view! {
        <section class="card pad stack">
            <h2>"Branding"</h2>
            <div dir="auto"><DefList rows/></div>
            {edit}
        </section>
    }
}

fn logo_section(branding: &Branding, program: &Program) -> impl IntoView + use<> {
    let mistakes = tried().filter(|tried| tried.fields.text("act") == "logo").map(|tried| view! { <ErrorSummary mistakes=tried.lines()/> });
    let revision = branding.revision.to_string();
    let has_logo = branding.logo.logo_hash.is_some();
    let remove = has_logo.then({
        let revision = revision.clone();
        move || {
            view! {
                <Confirm label="Remove logo" danger=true>
                    <p>"Guests see the organisation’s name instead."</p>
                    <Form act="remove_logo">
                        <Hidden name="revision" value=revision/>
                        <Submit label="Remove logo" danger=true/>
                    </Form>
                </Confirm>
            }
        }
    });
    let hint = format!(
        "A PNG or SVG file of up to {} MB. Wide logos on a transparent background look best. In dark mode, the logo has a white background.",
        MAX_LOGO_FILE_BYTES / 1_000_000
    );
    view! {
        <section class="card pad stack">
            <h2>"Logo"</h2>
            <form method="post" action=format!("/programs/{}/branding/logo", program.id) enctype="multipart/form-data" class="form">
                {mistakes}
                <Hidden name="revision" value=revision/>
                <div class="field">
                    <label for="logo-file">"File"</label>
                    <small id="logo-file-hint">{hint}</small>
                    <input id="logo-file" type="file" name="file" accept=".png,.svg,image/png,image/svg+xml" required aria-describedby="logo-file-hint"/>
                </div>
                <button type="submit">{if has_logo { "Replace logo" } else { "Upload logo" }}</button>
            </form>
            {remove}
        </section>
    }
}

fn fields(branding: &Branding, program: &Program) -> impl IntoView + use<> {
    let words = branding.words.clone();
    let typed = tried().filter(|tried| tried.fields.text("act") == "branding");
    let suggestion = typed.and_then(|tried| suggested(tried.fields.text("accent"))).map(|colour| {
        let swatch = format!(".suggested{{background:{colour}}}");
        view! {
            <style nonce=use_nonce()>{swatch}</style>
            <p class="row">
                <span class="swatch suggested" aria-hidden="true"></span>
                <button type="submit" name="suggested" value=colour.to_string()>{format!("Use {colour} and save")}</button>
            </p>
        }
    });
    let charter = &program.charter;
    let signature_hint = match charter.sponsor.is_empty() {
        true => format!("Ends every email. If empty: {}.", charter.organisation),
        false => format!("Ends every email. If empty: {}, {}.", charter.sponsor, charter.organisation),
    };
    let sender_hint = format!("The name that guests see in their inbox. If empty: {}.", charter.organisation);
    let revision = branding.revision.to_string();
    view! {
        <Form act="branding">
            <Hidden name="revision" value=revision/>
            <Field name="accent" label="Accent colour (optional)" value=words.accent hint="A hex code such as #0B5FFF, for links and buttons. If empty, our standard blue. The shade for dark mode is derived from it."/>
            {suggestion}
            <Field name="sender" label="Sender of emails (optional)" value=words.sender hint=sender_hint/>
            <Field name="thanks" label="Thanks (optional)" value=words.thanks hint="One line before the signature of emails and below guests’ pages, such as “Thank you for helping us get better.”"/>
            <TextArea name="signature" label="Signature (optional)" value=words.signature rows=4 hint=signature_hint/>
            <Submit label="Save branding" main=true/>
        </Form>
    }
}

/// A guest's page and the end of an email, in light and in dark.
fn previews(branding: &Branding, program: &Program, locale: Locale) -> impl IntoView + use<> {
    let style = branding.words.style().map(|style| view! { <style nonce=use_nonce()>{format!(".guest-look{{{style}}}")}</style> });
    let look = |class: &'static str, label: &'static str| {
        let host = branding.host(program.charter.organisation.clone());
        let thanks = host.thanks.clone();
        view! {
            <figure class=format!("guest-look {class}")>
                <div class="top"><Wordmark host/></div>
                <div class="pad stack">
                    <p><strong>{t!(locale, "link-invitation")}</strong></p>
                    <p>{t!(locale, "link-invitation-text")} " " <span class="linkish">{t!(locale, "link-invitation")}</span></p>
                    <p><span class="btn btn-1">{t!(locale, "link-continue")}</span></p>
                    {(!thanks.is_empty()).then(|| view! { <small dir="auto">{thanks}</small> })}
                </div>
                <figcaption>{label}</figcaption>
            </figure>
        }
    };
    let (sender, signature) = branding.words.email_words(locale, &program.charter.sponsor, &program.charter.organisation);
    view! {
        {style}
        {look("on-light", "Page in light mode")}
        {look("on-dark", "Page in dark mode")}
        <figure class="guest-look on-light">
            <div class="pad stack">
                <p class="dim">"From: " <strong dir="auto">{sender}</strong></p>
                <p class="lines" dir="auto">{signature}</p>
            </div>
            <figcaption>"Sender and end of emails"</figcaption>
        </figure>
    }
}
