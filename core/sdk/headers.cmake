# The headers that a plugin may include, and a hash of them: what must be equal in the program and in a plugin for objects to pass between them.

# These, and what they include, are the SDK: no other header is installed.
set(LOCKSTEP_SDK_HEADERS
    sdk/plugin.h common/error.h common/hash.h common/text.h common/time.h common/trust.h data/json.h data/row.h data/table.h data/value.h format/json.h
    rest/options.h rest/slice.h rest/spec.h rest/table.h
    sql/connection.h sql/dialect.h sql/fencing.h sql/sql_store.h sql/statements.h)

# lockstep_sdk_headers(ROOT HEADERS HASH): sets HEADERS to the SDK's headers, relative to the folder ROOT and sorted, and HASH to 16 hex digits
# of their text. Comments and empty lines do not count: a better docstring makes no plugin foreign.
function(lockstep_sdk_headers root headers hash)
  set(open ${LOCKSTEP_SDK_HEADERS})
  set(found)
  while(open)
    list(POP_FRONT open header)
    if(header IN_LIST found)
      continue()
    endif()
    list(APPEND found ${header})
    file(STRINGS ${root}/${header} includes REGEX "^#include \"[a-z_/]+\\.h\"")
    foreach(include ${includes})
      string(REGEX REPLACE "^#include \"([^\"]+)\".*" "\\1" include "${include}")
      # The hash itself stands in a file that the build makes.
      if(NOT include STREQUAL "sdk/headers_hash.h")
        list(APPEND open ${include})
      endif()
    endforeach()
  endwhile()
  list(SORT found)
  set(all "")
  foreach(header ${found})
    file(READ ${root}/${header} text)
    string(REGEX REPLACE "[ \t]*//[^\n]*" "" text "${text}")
    string(REGEX REPLACE "\n+" "\n" text "${text}")
    string(APPEND all "${header}\n${text}\n")
  endforeach()
  string(SHA256 digest "${all}")
  string(SUBSTRING ${digest} 0 16 digest)
  set(${headers} ${found} PARENT_SCOPE)
  set(${hash} ${digest} PARENT_SCOPE)
endfunction()
