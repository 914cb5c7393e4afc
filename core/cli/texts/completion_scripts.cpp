// The scripts for bash, zsh and fish: thin, so that what they complete is always what this program knows.
#include "cli/texts/completion.h"

namespace lockstep {
namespace {

// The words are put together from the line because bash cuts them at ":" and "=", which commands and options of ours hold; and of a
// candidate bash replaces only what is behind the last such character.
constexpr std::string_view kBash = R"script(# bash completion for lockstep. Load it with: source <(lockstep completion bash)
_lockstep() {
  local words=() word gap rest=${COMP_LINE:0:COMP_POINT} i
  for ((i = 0; i <= COMP_CWORD; i++)); do
    gap=${rest%%[![:space:]]*}
    rest=${rest:${#gap}}
    word=${COMP_WORDS[i]}
    ((i < COMP_CWORD)) || word=$rest
    rest=${rest:${#word}}
    if ((i > 0)) && [[ -z $gap ]]; then words[-1]+=$word; else words+=("$word"); fi
  done
  word=${words[-1]}
  local head=$word line path kind
  while [[ -n $head && ($COMP_WORDBREAKS != *"${head: -1}"* || ${head: -1} != [:=]) ]]; do head=${head%?}; done
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files | :directories)
        compopt -o filenames 2>/dev/null
        path=$word
        [[ $path == -*=* ]] && path=${path#*=}
        [[ $line == :files ]] && kind=-f || kind=-d
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$kind" -- "$path")
        ;;
      *)
        line=${line%%$'\t'*}
        COMPREPLY+=("${line#"$head"}")
        ;;
    esac
  done < <("${words[0]/#\~/$HOME}" __complete "${words[@]:1}" 2>/dev/null)
}
complete -F _lockstep lockstep
)script";

constexpr std::string_view kZsh = R"script(#compdef lockstep
# zsh completion for lockstep. Load it with: source <(lockstep completion zsh)
_lockstep() {
  local line kind=
  local -a found
  for line in "${(@f)$("${words[1]/#\~/$HOME}" __complete "${(@Q)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)}"; do
    case $line in
      :files | :directories) kind=$line ;;
      *$'\t'*) found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
      ?*) found+=("${line//:/\\:}") ;;
    esac
  done
  (( ! $#found )) || _describe -t words lockstep found
  [[ -z $kind ]] || compset -P '-*='
  case $kind in
    :files) _files ;;
    :directories) _files -/ ;;
  esac
}
if [[ $funcstack[1] == _lockstep ]]; then
  _lockstep "$@"
else
  compdef _lockstep lockstep
fi
)script";

constexpr std::string_view kFish = R"script(# fish completion for lockstep. Load it with: lockstep completion fish | source
function __lockstep_complete
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    set -l current (commandline -ct)
    set -l value (string replace -r '^-[^=]*=' '' -- "$current")
    set -l head (string replace -- "$value" '' "$current")
    for line in ($program __complete $words "$current" 2>/dev/null)
        switch $line
            case ':files'
                for path in (__fish_complete_path "$value")
                    echo -- $head$path
                end
            case ':directories'
                for path in (__fish_complete_directories "$value")
                    echo -- $head$path
                end
            case '*'
                echo -- $line
        end
    end
end
complete -c lockstep -f -a '(__lockstep_complete)'
)script";

}  // namespace

std::string_view completion_script(std::string_view shell) {
  if (shell == "zsh") return kZsh;
  return shell == "fish" ? kFish : kBash;
}

}  // namespace lockstep
