//! Conditions, quotas that contradict each other, replacements, and wrong input.

use super::super::files::{apply_weights, read_candidates, read_groups, read_quotas};
use super::super::pool::pose;
use super::super::replacement::{next_reserve, redraw};
use super::super::{DrawConditions, DrawMethod, DrawPool, DrawRequest, DrawResult, SeatQuota, draw};
use super::{PoolDice, brute, count, drawn, pool};

fn with(pool: &DrawPool, quotas: &[SeatQuota], seats: u32, conditions: &DrawConditions, method: DrawMethod) -> DrawResult {
    draw(&DrawRequest { pool, quotas, seats, conditions, method, seed: "s", reserves: 20 }).expect("no mistakes")
}

fn mistakes(pool: &DrawPool, quotas: &[SeatQuota], seats: u32, conditions: &DrawConditions) -> Vec<String> {
    let request = DrawRequest { pool, quotas, seats, conditions, method: DrawMethod::Leximin, seed: "s", reserves: 0 };
    draw(&request).expect_err("mistakes")
}

fn ids(list: &[&str]) -> Vec<String> {
    list.iter().map(|id| (*id).to_owned()).collect()
}

#[test]
fn quotas_without_a_panel_name_a_smallest_set_of_changes() {
    let mut dice = PoolDice(21);
    let mut checked = 0;
    while checked < 60 {
        let seats = 3 + dice.roll(2) as u32;
        let people = 7 + dice.roll(3);
        let (pool, mut quotas) = pool(&mut dice, people, &[2, 3], seats);
        quotas.iter_mut().for_each(|quota| quota.min = (quota.min + dice.roll(2) as u32).min(quota.max));
        if !brute::panels(&pool, &quotas, seats, |_| true).is_empty() {
            continue;
        }
        checked += 1;
        let any: Vec<SeatQuota> = Vec::new();
        let smallest = brute::panels(&pool, &any, seats, |_| true).iter().map(|panel| brute::misses(&pool, &quotas, panel)).min();
        for method in [DrawMethod::Leximin, DrawMethod::Ranked] {
            let result = drawn(&pool, &quotas, seats, method, "s");
            assert!(!result.feasible && result.selected.is_empty());
            assert_eq!(Some(result.relaxations.iter().map(|change| change.from.abs_diff(change.to)).sum()), smallest);
            // With the changes there is a panel.
            let mut changed = quotas.clone();
            for change in &result.relaxations {
                let quota =
                    changed.iter_mut().find(|quota| quota.category == change.category && quota.value == change.value).expect("a quota");
                let bound = if change.bound == "min" { &mut quota.min } else { &mut quota.max };
                assert_eq!(*bound, change.from);
                *bound = change.to;
            }
            assert!(!brute::panels(&pool, &changed, seats, |_| true).is_empty(), "{:?}", result.relaxations);
        }
    }
}

#[test]
fn households_and_people_apart_share_one_seat_and_chances_stay_exact() {
    let mut dice = PoolDice(22);
    for round in 0..30 {
        let (mut pool, quotas) = pool(&mut dice, 9, &[2, 2], 4);
        pool.candidates[0].household = "12 Elm Street".into();
        pool.candidates[3].household = "12 Elm Street".into();
        let apart = vec![ids(&["person 0001", "person 0002", "person 0005"])];
        let conditions = DrawConditions { apart, ..DrawConditions::default() };
        let allowed = |panel: &[usize]| {
            let among = |group: &[usize]| panel.iter().filter(|at| group.contains(at)).count() <= 1;
            among(&[0, 3]) && among(&[1, 2, 5])
        };
        let panels = brute::panels(&pool, &quotas, 4, allowed);
        if panels.is_empty() {
            continue;
        }
        let exact = brute::leximin(9, &panels);
        let result = with(&pool, &quotas, 4, &conditions, DrawMethod::Leximin);
        for (candidate, exact) in pool.candidates.iter().zip(exact) {
            assert!((result.probabilities[&candidate.id] - exact).abs() < 1e-6, "round {round}, {}", candidate.id);
        }
        let selected: Vec<usize> = (0..9).filter(|at| result.selected.contains(&pool.candidates[*at].id)).collect();
        assert!(allowed(&selected), "{selected:?}");
    }
}

#[test]
fn people_who_come_together_come_together_or_not_at_all() {
    let mut dice = PoolDice(23);
    let mut checked = 0;
    for _ in 0..30 {
        let (pool, quotas) = pool(&mut dice, 9, &[2, 2], 4);
        let conditions = DrawConditions { together: vec![ids(&["person 0001", "person 0004"])], ..DrawConditions::default() };
        let panels = brute::panels(&pool, &quotas, 4, |panel| panel.contains(&1) == panel.contains(&4));
        if panels.is_empty() {
            continue;
        }
        checked += 1;
        let exact = brute::leximin(9, &panels);
        let result = with(&pool, &quotas, 4, &conditions, DrawMethod::Leximin);
        for (candidate, exact) in pool.candidates.iter().zip(exact) {
            assert!((result.probabilities[&candidate.id] - exact).abs() < 1e-6, "{}", candidate.id);
        }
        for method in [DrawMethod::Leximin, DrawMethod::Balanced, DrawMethod::Ranked] {
            let selected = with(&pool, &quotas, 4, &conditions, method).selected;
            assert_eq!(selected.contains(&"person 0001".to_owned()), selected.contains(&"person 0004".to_owned()), "{method:?}");
        }
    }
    assert!(checked > 10);
}

#[test]
fn who_is_seated_stays_and_the_others_fill_what_is_left_of_the_quotas() {
    let (pool, quotas) = pool(&mut PoolDice(24), 60, &[2, 3, 3], 10);
    let first = with(&pool, &quotas, 10, &DrawConditions::default(), DrawMethod::Leximin);
    let left = vec![first.selected[4].clone()];
    let conditions = DrawConditions::default();
    for method in [DrawMethod::Leximin, DrawMethod::Maximin, DrawMethod::Balanced, DrawMethod::Ranked] {
        let request = DrawRequest { pool: &pool, quotas: &quotas, seats: 10, conditions: &conditions, method, seed: "again", reserves: 0 };
        let second = redraw(&request, &first.selected, &left).expect("no mistakes");
        assert_eq!(second.selected.len(), 10);
        assert!(!second.selected.contains(&left[0]) && !second.probabilities.contains_key(&left[0]));
        assert!(first.selected.iter().filter(|id| **id != left[0]).all(|id| second.selected.contains(id)), "{method:?}");
        assert!(quotas.iter().all(|quota| (quota.min..=quota.max).contains(&count(&pool, &second.selected, quota))));
    }
}

#[test]
fn the_first_reserve_who_keeps_the_quotas_takes_the_free_seat() {
    let (pool, quotas) = pool(&mut PoolDice(25), 60, &[2, 3, 3], 10);
    let conditions = DrawConditions::default();
    let request = DrawRequest {
        pool: &pool,
        quotas: &quotas,
        seats: 10,
        conditions: &conditions,
        method: DrawMethod::Leximin,
        seed: "s",
        reserves: 50,
    };
    let first = draw(&request).expect("no mistakes");
    assert_eq!(first.reserves.len(), 50);
    for leaver in &first.selected {
        let seated: Vec<String> = first.selected.iter().filter(|id| *id != leaver).cloned().collect();
        let fits = |id: &&String| {
            let panel: Vec<String> = seated.iter().chain([*id]).cloned().collect();
            quotas.iter().all(|quota| (quota.min..=quota.max).contains(&count(&pool, &panel, quota)))
        };
        assert_eq!(next_reserve(&request, &seated, &first.reserves).expect("no mistakes"), first.reserves.iter().find(fits).cloned());
    }
}

#[test]
fn people_who_are_to_come_together_but_of_whom_one_may_come_are_a_mistake() {
    let (mut pool, _) = pool(&mut PoolDice(28), 9, &[2], 4);
    pool.candidates[1].household = "12 Elm Street".into();
    pool.candidates[4].household = "12 Elm Street".into();
    let couple = ids(&["person 0001", "person 0004"]);
    let together = DrawConditions { together: vec![couple.clone()], ..DrawConditions::default() };
    let told = mistakes(&pool, &[], 4, &together);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("“person 0001” and “person 0004” are to come together, but only one of a household may come."), "{told:?}");
    let seated = DrawConditions { fixed: couple.clone(), ..DrawConditions::default() };
    let told = mistakes(&pool, &[], 4, &seated);
    assert!(told.len() == 1 && told[0].contains("are already seated, but only one of a household may come."), "{told:?}");
    let both = DrawConditions {
        together: vec![ids(&["person 0002", "person 0003"])],
        apart: vec![ids(&["person 0003", "person 0002"])],
        ..DrawConditions::default()
    };
    assert!(mistakes(&pool, &[], 4, &both)[0].contains("only one of a group apart may come"));
    // Who is left out contradicts nobody.
    let without = DrawConditions { without: ids(&["person 0004"]), ..together };
    assert!(with(&pool, &[], 4, &without, DrawMethod::Leximin).feasible);
}

#[test]
fn ranked_asks_for_scores_and_puts_equal_ones_into_one_type() {
    let (mut pool, quotas) = pool(&mut PoolDice(29), 400, &[2, 3], 12);
    let none = DrawConditions::default();
    let posed = pose(&pool, &quotas, 12, &none, true).expect("no mistakes");
    assert!(posed.problem.types.len() <= 6 * 5, "{} types of six kinds of people with five scores", posed.problem.types.len());
    assert!(with(&pool, &quotas, 12, &none, DrawMethod::Ranked).proven);
    pool.candidates.iter_mut().for_each(|candidate| candidate.score = 0.0);
    let request =
        DrawRequest { pool: &pool, quotas: &quotas, seats: 12, conditions: &none, method: DrawMethod::Ranked, seed: "", reserves: 0 };
    assert!(draw(&request).expect_err("no scores")[0].contains("No candidate has a score"));
}

#[test]
fn who_fits_on_no_feasible_panel_has_no_chance_and_nobody_else() {
    let mut dice = PoolDice(30);
    let mut found = 0;
    for _ in 0..60 {
        let (pool, quotas) = pool(&mut dice, 9, &[2, 3], 4);
        let panels = brute::panels(&pool, &quotas, 4, |_| true);
        if panels.is_empty() {
            continue;
        }
        for method in [DrawMethod::Leximin, DrawMethod::Maximin] {
            let result = drawn(&pool, &quotas, 4, method, "s");
            for (at, candidate) in pool.candidates.iter().enumerate() {
                let fits = panels.iter().any(|panel| panel.contains(&at));
                assert_eq!(result.probabilities[&candidate.id] > 1e-9, fits, "{method:?}, {}", candidate.id);
                found += usize::from(!fits);
            }
        }
    }
    assert!(found > 0);
}

#[test]
fn wrong_input_is_told_all_at_once_in_words() {
    let (mut pool, mut quotas) = pool(&mut PoolDice(26), 8, &[2, 2], 4);
    pool.candidates[1].id = "person 0000".into();
    quotas[0].category = "colour".into();
    (quotas[1].min, quotas[1].max) = (3, 2);
    quotas[3].value = "value 0".into();
    let conditions = DrawConditions { fixed: ids(&["nobody"]), ..DrawConditions::default() };
    let told = mistakes(&pool, &quotas, 9, &conditions).join("\n");
    for words in [
        "No candidate has a category “colour”. Categories of the candidates: category 0, category 1.",
        "category 0 “value 1”: at least 3 is more than at most 2.",
        "category 1 “value 0” has two quotas.",
        "The ID “person 0000” occurs more than once.",
        "“nobody” (already seated) is not a candidate.",
        "There are 8 candidates for 9 seats.",
    ] {
        assert!(told.contains(words), "“{words}” is missing in:\n{told}");
    }
}

#[test]
fn files_are_read_and_their_mistakes_have_lines() {
    let mut pool = read_candidates("\u{feff}ID, language ,household,score\n b , de,,2\na,en,\"1, Elm Street\",\n").expect("a pool");
    assert_eq!(pool.categories, ["language"]);
    assert_eq!((&*pool.candidates[0].id, &*pool.candidates[0].values[0], pool.candidates[0].score), ("b", "de", 2.0));
    assert_eq!(pool.candidates[1].household, "1, Elm Street");
    assert!(read_candidates("name,language\na,en\n").expect_err("no ID")[0].contains("no column “id”"));
    assert!(read_candidates("id,language\na\n").expect_err("short")[0].contains("Line 2"));
    let quotas = read_quotas("category,value,min,max,population\nlanguage,en,1,,60\nlanguage,de,,3,40\n", 5).expect("quotas");
    assert_eq!((quotas[0].min, quotas[0].max, quotas[1].min, quotas[1].max, quotas[1].population), (1, 5, 0, 3, Some(40.0)));
    assert!(read_quotas("category,value,min,max\nlanguage,en,one,2\n", 5).expect_err("a word")[0].contains("Line 2"));
    assert!(read_quotas("category,value,min,max\nlanguage,en,-1,2\n", 5).expect_err("negative")[0].contains("“-1”"));
    apply_weights(&mut pool, "category,value,weight\nlanguage,de,3\nlanguage,de,1.5\n").expect("weights");
    assert_eq!((pool.candidates[0].score, pool.candidates[1].score), (4.5, 0.0));
    apply_weights(&mut pool, "id,score\na,7\n").expect("scores");
    assert_eq!((pool.candidates[0].score, pool.candidates[1].score), (0.0, 7.0));
    assert!(apply_weights(&mut pool, "id,score\nz,7\n").expect_err("nobody")[0].contains("“z”"));
    assert_eq!(read_groups("a, b\n\nc,d,e\n").expect("groups"), [ids(&["a", "b"]), ids(&["c", "d", "e"])]);
    assert!(read_groups("a\n").is_err());
}

#[test]
fn as_many_candidates_as_seats_are_all_seated_and_a_full_panel_needs_nobody() {
    let (pool, _) = pool(&mut PoolDice(27), 5, &[2], 5);
    let result = drawn(&pool, &[], 5, DrawMethod::Leximin, "s");
    assert_eq!((result.selected.len(), result.min_probability, result.gini), (5, 1.0, 0.0));
    let all = DrawConditions { fixed: result.selected[..3].to_vec(), ..DrawConditions::default() };
    let full = with(&pool, &[], 3, &all, DrawMethod::Leximin);
    assert_eq!(full.selected, all.fixed);
    assert!(full.probabilities.iter().all(|(id, chance)| *chance == if all.fixed.contains(id) { 1.0 } else { 0.0 }));
}
