// plugins: what lies in the plugin directories; `plugins test NAME` is in plugins_test.cpp.
#include "operations/plugins.h"

#include "cli/commands/commands.h"
#include "cli/print/answer.h"
#include "common/error.h"

namespace lockstep {

int plugins_command(Context& context) {
  if (const auto& words = context.arguments.positionals; !words.empty()) {
    if (words[0] != "test" || words.size() != 2) {
      throw Error(ErrorKind::Invalid, "plugins takes nothing, or: test NAME", "run: lockstep plugins test NAME");
    }
    return plugins_test(context, words[1]);
  }
  return answer(context, operations::plugins(context.plugin_directories));
}

}  // namespace lockstep
