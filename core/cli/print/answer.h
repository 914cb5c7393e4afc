// Answer: an outcome shown in the format that was asked for, and turned into the program's exit code.
#pragma once

#include "cli/context.h"
#include "cli/print/lines.h"
#include "operations/verdict.h"

namespace lockstep {

/// What the program ends with: the only place that knows it. An outcome without a verdict has done what it was asked.
template <class Outcome>
int exit_code_of(const Outcome& outcome) {
  if constexpr (requires { outcome.verdict; }) {
    return operations::number_of(outcome.verdict);
  } else {
    return 0;
  }
}

/// to_json(outcome), which ends with "exit" whatever was asked.
template <class Outcome>
void print_for_programs(Context& context, const Outcome& outcome) {
  Json object = to_json(outcome);
  if (object.find("exit") == nullptr) object["exit"] = Json(std::int64_t{exit_code_of(outcome)});
  context.print(object);
}

/// `lines` prints for people, who get nothing where they want it quiet.
template <class Outcome, class Lines>
int answer(Context& context, const Outcome& outcome, Lines lines) {
  if (context.for_programs()) {
    print_for_programs(context, outcome);
  } else if (!context.quiet) {
    lines();
  }
  return exit_code_of(outcome);
}

/// The same with its print_lines().
template <class Outcome>
int answer(Context& context, const Outcome& outcome) {
  return answer(context, outcome, [&] { print_lines(context, outcome); });
}

/// The same for outcomes of which also who wants it quiet has to hear something: `lines` looks at Context::quiet.
template <class Outcome, class Lines>
int answer_also_quiet(Context& context, const Outcome& outcome, Lines lines) {
  if (context.for_programs()) {
    print_for_programs(context, outcome);
  } else {
    lines();
  }
  return exit_code_of(outcome);
}

template <class Outcome>
int answer_also_quiet(Context& context, const Outcome& outcome) {
  return answer_also_quiet(context, outcome, [&] { print_lines(context, outcome); });
}

}  // namespace lockstep
