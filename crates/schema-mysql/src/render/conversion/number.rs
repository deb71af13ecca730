//! Changes from a number type.

use super::{Conversion, copy_if, free, lossy};
use crate::lower::types::{Kind, base, kind, numbers};
use crate::render::Way;

use schema::ir::Column;

/// A number type: whether it has negative numbers, and its digits before and after the point.
struct Digits {
    signed: bool,
    whole: u64,
    fraction: u64,
}

impl Digits {
    /// Returns the digits of an exact number type.
    fn of(type_: &str) -> Option<Self> {
        let signed = !type_.contains(" unsigned");
        let whole = match (base(type_), signed) {
            ("tinyint", _) => 3,
            ("smallint", _) => 5,
            ("mediumint", true) => 7,
            ("mediumint", false) => 8,
            ("int", _) => 10,
            ("bigint", true) => 19,
            ("bigint", false) => 20,
            ("decimal", _) => {
                let parts = numbers(type_);
                let (precision, scale) = (*parts.first()?, parts.get(1).copied().unwrap_or_default());
                return Some(Self {
                    signed,
                    whole: precision.saturating_sub(scale),
                    fraction: scale,
                });
            }
            _ => return None,
        };
        Some(Self {
            signed,
            whole,
            fraction: 0,
        })
    }
}

/// The bits of a whole number, without the one of the sign.
fn bits(type_: &str) -> Option<u32> {
    let bits = match base(type_) {
        "tinyint" => 8,
        "smallint" => 16,
        "mediumint" => 24,
        "int" => 32,
        "bigint" => 64,
        _ => return None,
    };
    Some(if type_.contains(" unsigned") {
        bits
    } else {
        bits - 1
    })
}

/// Returns what changing a number type to another type does; `None` if it is no number type, or the other one has its
/// own rules.
pub(super) fn between(from: &str, to: &str) -> Option<Conversion> {
    let loses = || {
        lossy(format!(
            "values are rounded to {to}, and the change fails if one is out of its range"
        ))
    };
    let signed = |type_: &str| !type_.contains(" unsigned");
    let sign_fits = signed(to) || !signed(from);
    Some(match (kind(from), kind(to)) {
        (Kind::Integer, Kind::Integer) => match (bits(from)?, bits(to)?) {
            _ if base(from) == base(to) && signed(from) == signed(to) => free(Way::Inplace),
            (own, other) if sign_fits && other >= own => free(Way::Copy),
            _ => lossy(format!("the change fails if a value is out of the range of {to}")),
        },
        (Kind::Integer | Kind::Decimal, Kind::Integer | Kind::Decimal) => {
            let (own, other) = (Digits::of(from)?, Digits::of(to)?);
            // A whole number of as many digits may still be out of range.
            let room = other.whole.saturating_sub(u64::from(kind(to) == Kind::Integer));
            let fits = room >= own.whole && other.fraction >= own.fraction && (other.signed || !own.signed);
            if fits { free(Way::Copy) } else { loses() }
        }
        (Kind::Integer, Kind::Float) => {
            // 24 and 53 bits are exact.
            let exact = if base(to) == "double" { 53 } else { 24 };
            let fits = sign_fits && numbers(to).is_empty() && bits(from)? <= exact;
            if fits { free(Way::Copy) } else { loses() }
        }
        (Kind::Float, Kind::Float) => {
            let wider = base(to) == "double" || base(from) == "float";
            let fits = sign_fits && numbers(to).is_empty() && numbers(from).is_empty() && wider;
            if fits { free(Way::Copy) } else { loses() }
        }
        (Kind::Decimal, Kind::Float) | (Kind::Float, Kind::Integer | Kind::Decimal) => loses(),
        (Kind::Integer | Kind::Decimal, Kind::Character) => {
            let own = Digits::of(from)?;
            let written = own.whole + own.fraction + u64::from(own.fraction > 0) + u64::from(own.signed);
            let after = Column {
                type_: to.to_owned(),
                ..Column::default()
            };
            copy_if(
                numbers(to)
                    .first()
                    .is_some_and(|length| *length >= written.max(1)),
                &after,
            )
        }
        (Kind::Bit, Kind::Bit) => {
            let length = |type_: &str| numbers(type_).first().copied().unwrap_or(1);
            if length(to) >= length(from) {
                free(Way::Copy)
            } else {
                lossy(format!("the change fails if a value is longer than {to} takes"))
            }
        }
        _ => return None,
    })
}
