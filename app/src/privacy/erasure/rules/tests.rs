//! Unit tests of `rules`.

use super::*;

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

fn of(name: &str) -> Traces {
    Traces::new(&words(&[name]), &[], &[])
}

#[test]
fn a_name_goes_and_its_neighbours_stay() {
    let traces = Traces::new(&words(&["Ann Lee", "Ann"]), &words(&["Ann.Lee@Example.com"]), &words(&["@ann_lee"]));
    assert_eq!(
        traces.scrub("Ask ANN LEE (ann.lee@example.com, @Ann_Lee), not @ann_lee_fan or Ann Leeds.").as_deref(),
        Some("Ask [erased] ([erased], @[erased]), not @ann_lee_fan or Ann Leeds.")
    );
    assert_eq!(traces.scrub("Ann said so."), None);
    assert!(traces.may_name("Ann said so.") && !traces.may_name("an ann of words"));
}

#[test]
fn other_forms_of_a_name_are_the_name() {
    let traces = Traces::new(&words(&["Maeve Donnelly"]), &words(&["maeve@example.com"]), &words(&["maeve_d"]));
    for text in [
        "Donnelly, Maeve",
        "Donnelly , Maeve",
        "Ms Donnelly",
        "ms. Donnelly",
        "Prof. Donnelly",
        "M. Donnelly",
        "M.Donnelly",
        "Donnelly, M.",
        "Maeve K. Donnelly",
        "Maeve-Donnelly",
        "maeve.donnelly",
        "MAEVE  DONNELLY",
        "Maeve\u{a0}Donnelly",
        "Maeve\nDonnelly",
        "Maeve\u{200b} Donnelly",
        "Ｍａｅｖｅ Donnelly",
        "Ma\u{301}eve Donnelly",
        "Maeve Donnellys",
        "_Maeve Donnelly_",
        "maeve+x@example.com",
        "@maeve_d_",
        "Maeve_D",
    ] {
        let clean = traces.scrub(&format!("So said {text}, twice.")).unwrap_or_default();
        assert!(clean.starts_with("So said ") && clean.ends_with(", twice.") && clean.contains(ERASED), "{text}: {clean}");
        assert!(!clean.to_lowercase().contains("maeve") && !clean.to_lowercase().contains("donnelly"), "{text}: {clean}");
    }
    assert_eq!(traces.scrub("Maeve Donnelly’s and Maeve Donnelly's").as_deref(), Some("[erased]’s and [erased]'s"));
    for text in [
        "Maeve Donnellyson",
        "xmaeve@example.com",
        "x.maeve@example.com",
        "maeve@example.community",
        "maeve@example.com.au",
        "@maeve_d_fan",
        "Tim Donnelly",
    ] {
        assert_eq!(traces.scrub(text), None, "{text}");
    }
    assert!(traces.may_name("Tim Donnelly") && traces.may_name("and the Donnellys") && traces.may_name("Maeve laughed"));
    assert!(!traces.may_name("Mae Donnel"));
}

#[test]
fn names_of_other_scripts_and_letters_are_found() {
    for (name, text, clean) in [
        ("山田太郎", "昨日山田太郎さんが言った", "昨日[erased]さんが言った"),
        ("山田 太郎", "昨日山田太郎さんが言った", "昨日[erased]さんが言った"),
        ("สมชาย ใจดี", "คุณสมชาย ใจดีพูดว่า", "คุณ[erased]พูดว่า"),
        ("สมชาย ใจดี", "คุณสมชายใจดีพูดว่า", "คุณ[erased]พูดว่า"),
        ("김민수", "어제 김민수가 말했다", "어제 [erased]가 말했다"),
        ("김민수", "어제 \u{1100}\u{1175}\u{11b7}\u{1106}\u{1175}\u{11ab}\u{1109}\u{116e}가", "어제 [erased]가"),
        ("İpek Yıldız", "İPEK YILDIZ said, ipek yildiz said, ipek yıldız said", "[erased] said, [erased] said, [erased] said"),
        ("Máire O'Neil", "Máire O’Neil and Ma\u{301}ire O'NEIL's", "[erased] and [erased]'s"),
        ("José Núñez", "Jose\u{301} Nu\u{301}n\u{303}ez, Jose Nunez", "[erased], [erased]"),
        ("Ann Lee", "Ann\u{a0}Lee, Ann\u{2009}Lee", "[erased], [erased]"),
        ("Łukasz Żółć", "łukasz żółć, Lukasz Zolc", "[erased], [erased]"),
        ("Jean-Luc Groß", "Jean Luc Gross and JEAN-LUC GROSS", "[erased] and [erased]"),
        ("Nguyễn Thị Ánh", "Nguyễn Thị Ánh và Ánh, Nguyễn", "[erased] và [erased]"),
    ] {
        assert_eq!(of(name).scrub(text).as_deref(), Some(clean), "{name}");
        assert!(of(name).finds(text), "{name}");
    }
    assert_eq!(of("김민수").scrub("김민숙이 말했다"), None);
    assert_eq!(of("李明").scrub("李明博"), None, "two characters may be anybody");
    assert!(of("李明").may_name("李明说"));
}

#[test]
fn texts_inside_of_json_are_searched_as_they_are_read() {
    let traces = of("Maeve Donnelly");
    let json = serde_json::json!({"text": "Maeve\nDonnelly said", "n": [1, {"by": "M. Donnelly"}]}).to_string();
    assert_eq!(traces.scrub_json(&json).as_deref(), Some(r#"{"n":[1,{"by":"[erased]"}],"text":"[erased] said"}"#));
    assert_eq!(traces.scrub_json(r#"{"text":"nobody"}"#), None);
}
