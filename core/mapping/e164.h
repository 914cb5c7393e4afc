// E.164: one spelling for a phone number, whatever punctuation people write it with.
//
// Numbers are brought to "+" and digits, not validated: whether a carrier gave the number out is no question of ours. The library that
// could tell (libphonenumber) would load protobuf and ICU into every run, for the sake of dropping punctuation.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lockstep {

/// "+1 (555) 010-0102", "tel:+1-555-010-0102", "001 555 010 0102" → "+15550100102". A number without "+" (or "00") is national and needs
/// `country_code` ("1", "44"): a leading trunk zero is dropped, digits that begin with the country code already are taken as they are.
/// nullopt when the text is no whole number (letters, an extension), is too short or too long, or lacks the country code.
std::optional<std::string> to_e164(std::string_view text, std::string_view country_code);

/// What a mapping's `country_code` says, "1" or "+1", as its digits; nullopt when it is none (ITU-T E.164: one to three digits, no zero
/// in front).
std::optional<std::string> read_country_code(std::string_view text);

}  // namespace lockstep
