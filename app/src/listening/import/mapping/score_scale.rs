//! How far the scores of reviews go that stand for sentiment: stars and marks.

use super::header_synonyms;

/// How far scores go that stand for sentiment: by the column's name it is a score, and by its cells how far it goes.
pub(super) fn find(header: &str, cells: &[&str]) -> Option<u8> {
    const SCORES: [&str; 23] = [
        "star",
        "rating",
        "nps",
        "recommend",
        "bewertung",
        "note",
        "califica",
        "valora",
        "puntua",
        "valutazione",
        "beoordeling",
        "betyg",
        "ocena",
        "hodnocení",
        "puan",
        "yıldız",
        "評価",
        "評分",
        "评分",
        "星",
        "평점",
        "별점",
        "оценка",
    ];
    let name = header_synonyms::plain(header);
    if !SCORES.iter().any(|score| name.contains(score)) {
        return None;
    }
    let cells = cells.iter().filter(|cell| !cell.is_empty());
    let scores: Vec<f64> = cells.map(|cell| cell.parse::<f64>().ok()).collect::<Option<_>>()?;
    let highest = scores.iter().copied().fold(0.0, f64::max);
    let lowest = scores.iter().copied().fold(0.0, f64::min);
    let is_long = name.contains("nps") || name.contains("recommend");
    match highest {
        _ if lowest < 0.0 || scores.is_empty() || highest <= 1.0 => None,
        ..=5.0 if !is_long => Some(5),
        ..=10.0 => Some(10),
        ..=100.0 => Some(100),
        _ => None,
    }
}
