//! Decimal numbers of any length, as the shopspring library (v1.4.0) computes with them.

use num_bigint::{BigInt, BigUint, Sign};

use crate::call::Call;
use crate::failure::Failure;

/// Digits after the point of a quotient.
const PRECISION: i64 = 16;

/// A whole number times a power of ten.
#[derive(Clone)]
pub(crate) struct Decimal {
    value: BigInt,
    exponent: i64,
}

impl Decimal {
    /// Returns the shortest decimal that is read as this float.
    ///
    /// # Errors
    ///
    /// It is infinite or no number.
    pub(crate) fn of(float: f64) -> Result<Self, Failure> {
        const NO_NUMBER: Failure = Failure::Refused("can't compute with infinity or NaN");
        if !float.is_finite() {
            return Err(NO_NUMBER);
        }
        let text = format!("{float:e}");
        let (mantissa, exponent) = text.split_once('e').ok_or(NO_NUMBER)?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: i64 = format!("{whole}{fraction}").parse().map_err(|_| NO_NUMBER)?;
        let exponent: i64 = exponent.parse().map_err(|_| NO_NUMBER)?;
        let places = i64::try_from(fraction.len()).map_err(|_| NO_NUMBER)?;
        Ok(Self {
            value: digits.into(),
            exponent: if digits == 0 { 0 } else { exponent - places },
        })
    }

    pub(crate) fn negated(self) -> Self {
        Self {
            value: -self.value,
            ..self
        }
    }

    pub(crate) fn add(&self, call: &mut Call<'_>, other: &Self) -> Result<Self, Failure> {
        let exponent = self.exponent.min(other.exponent);
        Ok(Self {
            value: self.scaled(call, exponent)? + other.scaled(call, exponent)?,
            exponent,
        })
    }

    pub(crate) fn multiply(&self, call: &mut Call<'_>, other: &Self) -> Result<Self, Failure> {
        charge(call, self.value.bits() + other.value.bits())?;
        let exponent = self.exponent + other.exponent;
        if i32::try_from(exponent).is_err() {
            return Err(Failure::Refused("has an exponent that is too large"));
        }
        Ok(Self {
            value: &self.value * &other.value,
            exponent,
        })
    }

    /// Returns the quotient with 16 digits after the point, rounded half away from zero.
    pub(crate) fn divide(&self, call: &mut Call<'_>, other: &Self) -> Result<Self, Failure> {
        if other.value.sign() == Sign::NoSign {
            return Err(Failure::Refused("can't divide by zero"));
        }
        // The quotient of the values is to be multiplied by this power of ten.
        let shift = self.exponent - other.exponent + PRECISION;
        let (dividend, divisor) = if shift < 0 {
            (self.value.clone(), &other.value * power(call, -shift)?)
        } else {
            charge(call, self.value.bits())?;
            (&self.value * power(call, shift)?, other.value.clone())
        };
        charge(call, dividend.bits() + divisor.bits())?;
        let quotient = &dividend / &divisor;
        let rest = &dividend - &quotient * &divisor;
        let value = if rest.magnitude() * 2u8 < *divisor.magnitude() {
            quotient
        } else if (dividend.sign() == Sign::Minus) == (divisor.sign() == Sign::Minus) {
            quotient + 1
        } else {
            quotient - 1
        };
        Ok(Self {
            value,
            exponent: -PRECISION,
        })
    }

    /// Returns the nearest float.
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    pub(crate) fn float(&self) -> f64 {
        let sign = if self.value.sign() == Sign::Minus {
            -1.0
        } else {
            1.0
        };
        let digits = self.value.bits() as f64 * std::f64::consts::LOG10_2;
        let magnitude = digits + self.exponent as f64;
        if self.value.sign() == Sign::NoSign || magnitude < -400.0 {
            return 0.0 * sign;
        }
        if magnitude > 400.0 {
            return f64::INFINITY * sign;
        }
        let (mut value, mut exponent) = (self.value.magnitude().clone(), self.exponent);
        if digits > 2_000.0 {
            // A float depends on fewer digits than these, and on whether anything follows.
            #[expect(clippy::cast_possible_truncation, reason = "as many digits as fit the memory")]
            let cut = digits as i64 - 1_000;
            let power = BigUint::from(10u8).pow(u32::try_from(cut).unwrap_or(u32::MAX));
            let kept = &value / &power;
            let more = &kept * &power != value;
            value = kept * 10u8 + u8::from(more);
            exponent += cut - 1;
        }
        format!("{value}e{exponent}").parse::<f64>().unwrap_or(0.0) * sign
    }

    /// Returns the value times ten to the power of what it is more than `exponent`.
    fn scaled(&self, call: &mut Call<'_>, exponent: i64) -> Result<BigInt, Failure> {
        charge(call, self.value.bits())?;
        if exponent == self.exponent {
            return Ok(self.value.clone());
        }
        Ok(&self.value * power(call, self.exponent - exponent)?)
    }
}

fn power(call: &mut Call<'_>, exponent: i64) -> Result<BigInt, Failure> {
    let exponent = u32::try_from(exponent).map_err(|_| Failure::Memory)?;
    charge(call, u64::from(exponent) * 4)?;
    Ok(BigInt::from(10).pow(exponent))
}

/// Charges for one operation whose result has about so many bits.
fn charge(call: &mut Call<'_>, bits: u64) -> Result<(), Failure> {
    call.afford(usize::try_from(bits).unwrap_or(usize::MAX) / 2)?;
    call.steps(1 + bits / 8192)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_float_becomes_a_decimal_and_the_same_float_again() {
        for float in [0.0, 0.1, -1.5, 1e308, 5e-324, 123_456.789, 1e21] {
            assert_eq!(
                Decimal::of(float).unwrap().float().to_bits(),
                float.to_bits(),
                "{float}"
            );
        }
        assert!(Decimal::of(f64::NAN).is_err());
    }

    #[test]
    fn long_decimals_are_rounded_to_the_nearest_float() {
        let long = Decimal {
            value: BigInt::from(3) * BigInt::from(10).pow(5_000) + 1,
            exponent: -5_000,
        };
        assert_eq!(long.float().to_bits(), 3f64.to_bits());
        let huge = Decimal {
            value: BigInt::from(-1),
            exponent: 500,
        };
        assert_eq!(huge.float().to_bits(), f64::NEG_INFINITY.to_bits());
    }
}
