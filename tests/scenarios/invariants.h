// Invariants: what holds after every scenario, whatever it was about.
#pragma once

#include <string>
#include <vector>

#include "sandbox/sandbox.h"
#include "scenarios/database.h"

namespace lockstep::test {

/// No DELETE, no PUT, no POST to /phone-number was ever sent.
std::vector<std::string> forbidden_requests(const std::vector<sandbox::LoggedRequest>& requests);
/// Rows of `before` that `after` lacks.
std::vector<std::string> vanished(const Dump& before, const Dump& after);
/// Cells of `table` that a run overwrote without leaving the old value in the journal of `file`.
std::vector<std::string> unjournaled(const Dump& before, const Dump& after, const std::string& table, const std::string& file);
/// Where one of `secrets` stands in `text`.
std::vector<std::string> leaked(const std::string& text, const std::string& where, const std::vector<std::string>& secrets);
/// All cells of Lockstep's own tables, as one text.
std::string state_text(const std::string& file);

}  // namespace lockstep::test
