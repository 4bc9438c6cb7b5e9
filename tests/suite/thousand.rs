//! A thousand contacts, and a sheet of a thousand rows of which some change something, most change nothing, some name
//! no contact and some are invalid.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::world::{Line, World, contact, knowing};

/// Rows that change something, change nothing, name no contact, and are invalid.
pub const CHANGED: usize = 300;
pub const UNCHANGED: usize = 600;
pub const NOT_FOUND: usize = 60;
pub const INVALID: usize = 40;
/// Contacts of each customer.
const EACH: usize = 10;

/// By the number of the row and the field, the values before and after.
type Changes = BTreeMap<(usize, String), (String, String)>;

/// Keys of which the query notation would take some for something else.
const ODD: [&str; 5] = ["A%", "<B", "IN C", "O'NEIL", "X,Y"];

/// The key of the contact with this number.
pub fn key(number: usize) -> (String, String) {
    let name = match number.checked_sub(995) {
        Some(odd) => ODD[odd].to_owned(),
        None => format!("P {number}"),
    };
    (format!("CUST{}", number / EACH), name)
}

fn city(number: usize) -> String {
    format!("City {number}")
}

/// What the ERP holds: ten contacts of each of a hundred customers.
fn contacts() -> Vec<Line> {
    let held = |number| {
        let (customer, name) = key(number);
        let fields =
            [("CITY", city(number)), ("STATE", "NY".to_owned()), ("TITLE", " Dr. ".to_owned())];
        let fields: Vec<_> = fields.iter().map(|(field, value)| (*field, value.as_str())).collect();
        contact(&customer, &name, &fields)
    };
    (0..1_000).map(held).collect()
}

/// The sheet, and the changes that it makes.
pub fn sheet() -> (String, Changes) {
    let mut text = "CUSTOMER_ID,CUST_CONTACT,CITY,STATE,COUNTRY\n".to_owned();
    let mut changes = BTreeMap::new();
    let mut order: Vec<usize> = (0..1_000).collect();
    fastrand::Rng::with_seed(6).shuffle(&mut order);
    for (row, number) in (2..).zip(order) {
        let (customer, name) = key(number);
        let mut change = |field: &str, before: &str, after: &str| {
            changes.insert((row, field.to_owned()), (before.to_owned(), after.to_owned()));
        };
        // The last numbers are those of odd keys: they change something, too.
        let line = match (number + 5) % 1_000 {
            at if at < 100 => {
                change("CITY", &city(number), "Oslo");
                format!("{customer},\"{name}\",Oslo,NY,")
            }
            at if at < 200 => {
                change("STATE", "NY", "");
                change("COUNTRY", "", "Norway");
                format!("{customer},\"{name}\",{},<clear>,Norway", city(number))
            }
            at if at < CHANGED => {
                change("CITY", &city(number), "Rome");
                format!("{customer},\"{name}\",Rome,,")
            }
            at if at < CHANGED + UNCHANGED => {
                format!("{customer},\"{name}\",{},NY,<clear>", city(number))
            }
            at if at < CHANGED + UNCHANGED + NOT_FOUND => format!("{customer},{name} Jr.,Rome,,"),
            _ => format!("{customer},\"{name}\",#REF!,,"),
        };
        writeln!(text, "{line}").expect("memory is always written");
    }
    (text, changes)
}

/// The contacts in a sandbox, and the sheet in the folder as contacts.csv.
pub fn world() -> World {
    World::new(knowing(contacts())).config("max_clears = 700\n").file("contacts.csv", sheet().0)
}

/// Every contact as it is stored, without the stamps of its last update.
pub fn stored(world: &World) -> Vec<Line> {
    let one = |number| {
        let (customer, name) = key(number);
        let mut contact = world.contact(&customer, &name).expect("a contact");
        contact.retain(|field, _| !field.starts_with("DATE") && !field.starts_with("TIME"));
        contact
    };
    (0..1_000).map(one).collect()
}
