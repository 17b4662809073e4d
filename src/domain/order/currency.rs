//! Currencies and how many digits stand behind their point (ISO 4217).

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A currency of ISO 4217 that is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// Currencies without a minor unit in use.
const WITHOUT: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
/// Currencies of which a thousand minor units make one.
const THREE: &str = "BHD IQD JOD KWD LYD OMR TND";
/// Units of account with four digits.
const FOUR: &str = "CLF UYW";
/// All others: a hundred minor units make one.
const TWO: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF \
     CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS \
     INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD \
     NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL \
     THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";

impl Currency {
    /// The currency of that code, in capitals.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let letters: [u8; 3] = code.as_bytes().try_into().ok()?;
        let currency = Self(letters);
        currency.digits().map(|_| currency)
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How many digits its minor unit stands behind the point: 0 for yen, 2 for euros, 3 for Kuwaiti dinars.
    #[must_use]
    pub fn exponent(self) -> u32 {
        self.digits().unwrap_or(2)
    }

    /// Every currency.
    pub fn all() -> impl Iterator<Item = Self> {
        [WITHOUT, TWO, THREE, FOUR].into_iter().flat_map(|codes| codes.split(' ')).filter_map(Self::parse)
    }

    fn digits(self) -> Option<u32> {
        let has = |codes: &str| codes.split(' ').any(|code| code == self.code());
        [(TWO, 2), (WITHOUT, 0), (THREE, 3), (FOUR, 4)]
            .into_iter()
            .find(|(codes, _)| has(codes))
            .map(|(_, digits)| digits)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| serde::de::Error::custom("expected a currency of ISO 4217 such as EUR"))
    }
}

impl utoipa::PartialSchema for Currency {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        let description = "ISO 4217; amounts are in the minor units it has.";
        let codes = Self::all().map(|currency| currency.to_string());
        ObjectBuilder::new().schema_type(Type::String).description(Some(description)).enum_values(Some(codes)).into()
    }
}

impl utoipa::ToSchema for Currency {}

#[cfg(test)]
mod tests {
    use super::*;

    // spec: J12
    #[test]
    fn every_currency_has_the_digits_of_the_standard() {
        for (code, digits) in [("JPY", 0), ("EUR", 2), ("USD", 2), ("KWD", 3), ("TND", 3), ("ISK", 0), ("CLF", 4)] {
            assert_eq!(Currency::parse(code).map(Currency::exponent), Some(digits), "{code}");
        }
        for code in ["", "EU", "EURO", "eur", "XXX", "DEM", "ÉU", "EUR "] {
            assert_eq!(Currency::parse(code), None, "{code:?}");
        }
        let all: Vec<_> = Currency::all().collect();
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(all.len(), distinct.len());
        assert!(all.len() > 150);
    }
}
