//! `/accounts`: the people who can sign in, what each of them answers for, and what a change of unit or a closed account does to it.

use std::collections::HashMap;

use leptos::prelude::*;

use crate::access::account::{Account, Permission, Role, UnitChange, store};
use crate::access::page::{PageContext, page};
use crate::casework::triage;
use crate::db::Tx;
use crate::follow_up::heard;
use crate::kernel::error::Result;
use crate::kernel::ids::AccountId;
use crate::ui::{
    Choice, Confirm, Field, Form, Hidden, PageHead, RowMenu, Select, StateBadge, Submit, Th, count, query, refused, refused_row,
};

/// What accounts and units answer for, counted for the whole page at once.
struct Duties {
    items_of: HashMap<AccountId, i64>,
    items_in: HashMap<String, i64>,
    cases_in: HashMap<String, i64>,
    responders_in: HashMap<String, i64>,
}

impl Duties {
    async fn count(tx: &mut Tx, accounts: &[Account]) -> Result<Self> {
        let mut duties = Self {
            items_of: HashMap::new(),
            items_in: HashMap::new(),
            cases_in: triage::store::count_by_unit(tx).await?.into_iter().collect(),
            responders_in: HashMap::new(),
        };
        for (account, unit, items) in heard::store::count_owned(tx).await? {
            if let Some(account) = account {
                *duties.items_of.entry(account).or_default() += items;
            }
            if let Some(unit) = unit {
                *duties.items_in.entry(unit).or_default() += items;
            }
        }
        for account in accounts.iter().filter(|account| account.closed_at.is_none() && account.role == Role::Responder) {
            *duties.responders_in.entry(account.unit.clone().unwrap_or_default()).or_default() += 1;
        }
        Ok(duties)
    }

    /// What this account answers for, as a sentence or two; none where it is nothing.
    fn of(&self, account: &Account) -> Option<String> {
        let own = self.items_of.get(&account.id).copied().unwrap_or(0);
        let mut sentences = Vec::new();
        if own > 0 {
            sentences.push(format!("{} owns {}.", account.name, count(own, "item", "items")));
        }
        if let Some(unit) = account.unit.as_deref().filter(|_| account.role == Role::Responder) {
            let of = |map: &HashMap<String, i64>| map.get(unit).copied().unwrap_or(0);
            sentences.push(format!(
                "{unit} has {}, {} and {}.",
                count(of(&self.items_in), "item", "items"),
                count(of(&self.cases_in), "open triage case", "open triage cases"),
                count(of(&self.responders_in), "responder", "responders"),
            ));
        }
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }

    /// What closing this account does to the work that waits for it.
    fn after_closing(&self, account: &Account) -> Option<String> {
        let own = self.items_of.get(&account.id).copied().unwrap_or(0);
        let unit = account.unit.as_deref().filter(|_| account.role == Role::Responder);
        let left = unit.and_then(|unit| self.responders_in.get(unit)).copied().unwrap_or(0) - 1;
        match unit {
            Some(unit) if left > 0 => {
                Some(format!("{} in {unit} can still answer its items and triage cases.", count(left, "responder", "responders")))
            }
            Some(unit) => Some(format!(
                "{unit} has no other responder. Its unanswered items lose their owner, and its open triage cases return to the team."
            )),
            None if own > 0 => Some("This person’s unanswered items lose their owner. Program staff then assign a new one.".into()),
            None => None,
        }
    }
}

/// `/accounts`: the people who can sign in.
pub fn accounts() -> impl IntoView {
    let asked = query("add").is_some();
    page("Accounts", Permission::ManageAccounts, move |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let accounts = store::list(&mut tx).await?;
        let open = i64::try_from(accounts.iter().filter(|account| account.closed_at.is_none()).count()).unwrap_or(i64::MAX);
        let duties = Duties::count(&mut tx, &accounts).await?;
        let units = accounts.iter().any(|account| account.unit.is_some());
        let mine = cx.actor.account();
        let chosen = accounts.iter().find(|account| account.closed_at.is_none() && is_chosen(&account.id.to_string())).cloned();
        let asked = asked && chosen.is_none();
        let editing = chosen.is_some();
        let edited = chosen.map(|account| edit_form(account, mine, &duties));
        let rows = accounts.into_iter().map(|account| row(account, units)).collect_view();
        Ok(view! {
            <PageHead title="Accounts" sub=format!("{} can sign in.", count(open, "person", "people"))>
                {(!asked && !editing && !refused("add")).then(|| view! { <a class="btn btn-1" href="/accounts?add=1#add">"Add account"</a> })}
            </PageHead>
            {(asked || refused("add")).then(add_form)}
            {edited}
            <section class="card">
                <table class="list">
                    <thead><tr>
                        <Th label="Name"/>
                        <Th label="Email"/>
                        <Th label="Role"/>
                        {units.then(|| view! { <Th label="Unit"/> })}
                        <th scope="col"><span class="sr">"Actions"</span></th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </section>
        })
    })
}

/// Whether the form of this account is wanted, or was just refused.
fn is_chosen(key: &str) -> bool {
    refused_row("change", key) || refused_row("close", key) || (query("edit").as_deref() == Some(key) && !refused("add"))
}

fn add_form() -> impl IntoView {
    view! {
        <section class="card pad stack" id="add">
            <h2>"Add account"</h2>
            <Form act="add" class="stack">
                <Field name="name" label="Name"/>
                <Field name="email" label="Email" kind="email"/>
                <Select name="role" label="Role" options=roles() value=Role::Staff.as_str()/>
                <div class="only responder">
                    <Field name="unit" label="Business unit" hint="The unit whose items the responder answers."/>
                </div>
                <Submit label="Add account" main=true/>
                <a class="btn btn-quiet" href="/accounts">"Cancel"</a>
            </Form>
        </section>
    }
}

fn row(account: Account, units: bool) -> impl IntoView + use<> {
    let open = account.closed_at.is_none();
    let role = account.role.label().to_owned();
    // On a phone, a row shows only the cells that have a value.
    let unit = units.then(|| match account.unit.clone() {
        Some(unit) => view! { <td data-label="Unit" dir="auto">{unit}</td> }.into_any(),
        None => view! { <td></td> }.into_any(),
    });
    let (name, email) = (account.name.clone(), account.email.clone());
    let actions = open.then(|| actions(&account));
    view! {
        <tr class:dim=!open>
            <td dir="auto">{name}</td>
            <td data-label="Email">{email}</td>
            <td data-label="Role">{role} {(!open).then(|| view! { " " <StateBadge label="closed"/> })}</td>
            {unit}
            <td>{actions}</td>
        </tr>
    }
}

/// What can be done with a row: all of it opens the account's form.
fn actions(account: &Account) -> impl IntoView + use<> {
    let (id, named) = (account.id, format!("Edit {}", account.name));
    view! { <RowMenu of=account.name.clone()><a href=format!("/accounts?edit={id}#edit") aria-label=named>"Edit account"</a></RowMenu> }
}

/// The form of the account that was chosen from the list.
fn edit_form(account: Account, mine: Option<AccountId>, duties: &Duties) -> impl IntoView + use<> {
    let answers_for = duties.of(&account).map(|sentence| view! { <p class="dim" dir="auto">{sentence}</p> });
    let unit_change = account.unit.clone().map(|unit| {
        let options = vec![
            (
                UnitChange::Moves.as_str().to_owned(),
                format!("{} moves to another unit and keeps their own items. Everything else stays with {unit}.", account.name),
            ),
            (UnitChange::Renamed.as_str().to_owned(), format!("{unit} has a new name. Its responders, items and triage cases follow.")),
        ];
        view! { <Choice name="unit_change" legend="If you change the unit" options value=UnitChange::Moves.as_str()/> }
    });
    let (key, revision) = (account.id.to_string(), account.revision.to_string());
    let close = (mine != Some(account.id)).then(|| close_form(&account, duties));
    view! {
        <section class="card pad stack" id="edit">
            <header class="row wrap">
                <h2>"Edit “" <bdi>{account.name.clone()}</bdi> "”"</h2>
                <a class="btn btn-quiet push" href="/accounts">"Cancel"</a>
                {close}
            </header>
            <Form act="change" key=key class="stack">
                <Hidden name="revision" value=revision/>
                <Field name="name" label="Name" value=account.name/>
                <Select name="role" label="Role" options=roles() value=account.role.as_str()/>
                <div class="only responder stack">
                    <Field name="unit" label="Business unit" value=account.unit.unwrap_or_default()/>
                    {unit_change}
                </div>
                {answers_for}
                <Submit label="Save account" main=true/>
            </Form>
        </section>
    }
}

fn close_form(account: &Account, duties: &Duties) -> impl IntoView + use<> {
    let after_closing = duties.after_closing(account).map(|sentence| view! { <p dir="auto">{sentence}</p> });
    let (key, revision, label) = (account.id.to_string(), account.revision.to_string(), format!("Close account of {}", account.name));
    view! {
        <RowMenu of=account.name.clone()>
            <Confirm label="Close account" danger=true>
                <p>"All devices are signed out, and this person can no longer sign in. The audit log is kept."</p>
                {after_closing}
                <Form act="close" key=key>
                    <Hidden name="revision" value=revision/>
                    <Submit label danger=true/>
                </Form>
            </Confirm>
        </RowMenu>
    }
}

fn roles() -> Vec<(String, String)> {
    Role::ALL.iter().map(|role| (role.as_str().to_owned(), role.label().to_owned())).collect()
}
