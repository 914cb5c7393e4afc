#include "cli/print/lines.h"
#include "common/text.h"
#include "operations/migrate.h"

namespace lockstep {

/// SQL that can be run as it stands.
void print_lines(Context& context, const operations::MigratedStore& migrated) {
  for (std::string statement : migrated.statements) {
    if (!statement.ends_with(';')) statement += ';';
    context.out.line(printable(statement, true));
  }
  if (migrated.statements.empty()) {
    context.out.line("-- " + printable(migrated.where) + ": nothing is missing");
  } else {
    context.out.line("-- " + printable(migrated.where) + ": " + counted(migrated.statements.size(), "statement", "statements") +
                     (migrated.dry_run ? " would be run; nothing was written" : " run"));
  }
}

}  // namespace lockstep
