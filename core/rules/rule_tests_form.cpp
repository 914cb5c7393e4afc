// The form of a file of rule tests.
#include "engine/decide/decide.h"
#include "rules/rule_tests.h"

namespace lockstep {
namespace {

using yaml::Form;
using Kind = yaml::Form::Kind;

/// Names that the user's documents, columns and tables have, with anything behind them.
Form object() {
  Form form = yaml::names(yaml::of(Kind::Any));
  form.parts.front().loose = true;
  return form;
}

Form tables() { return yaml::names(yaml::list(object())); }

Form given() {
  return yaml::map({
      {"base", object(), "the remote document that both sides agreed on before"},
      {"record", object(), "the remote document now; without it the base's, or none"},
      {"row", object(), "cells of the local row: edits where there is a base, else a row of its own"},
      {"tables", tables(), "rows of other tables, in place of the file's"},
  });
}

/// No person is asked in a test.
std::vector<std::string> winners() {
  std::vector<std::string> out;
  for (const auto& row : winner_words().rows()) {
    if (row.value != FieldConflict::Winner::Person) out.emplace_back(row.word);
  }
  return out;
}

Form expect() {
  return yaml::map({
      {"row", object(), "columns of the row afterwards; others are not looked at"},
      {"body", object(), "what is sent, whole; {} for nothing"},
      {"rejected", yaml::text(1), "a part of the reason why the record is rejected"},
      {"warns", yaml::either({yaml::text(1), yaml::list(yaml::text(1))}), "parts of the warnings; [] for none"},
      {"conflicts", yaml::names(yaml::choice(winners())), "column: who wins"},
  });
}

Form one_case() {
  return yaml::map({
      {"name", yaml::text(1), "what the case shows, as a sentence", true},
      {"given", given(), "both sides before the run", true},
      {"expect", expect(), "what the run makes of them", true},
      {"mode", yaml::choice(mode_words().texts()), "the run; export where a body is expected, else import"},
      {"on_conflict", yaml::choice(on_conflict_words().texts()), "in place of the sync's"},
      {"local_edits", yaml::choice(local_edits_words().texts()), "in place of the sync's"},
  });
}

}  // namespace

const Form& rule_tests_form() {
  static const Form form = yaml::map({
      {"sync", yaml::text(1), "whose mapping and hooks are tried", true},
      {"now", yaml::text(1), "the time that hooks see, as 2026-11-21T08:00:00Z"},
      {"tables", tables(), "what the database holds besides: for ctx.db:find and for lookups"},
      {"cases", yaml::list(one_case(), 1), "the cases", true},
  });
  return form;
}

}  // namespace lockstep
