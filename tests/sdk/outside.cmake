# Installs Lockstep into a fresh prefix, builds the example store of this folder, the example provider (plugins/mock) and the Vapi plugin against it, outside the tree and with
# find_package(lockstep) alone, and runs the conformance checks on them with the installed program.
#   cmake -DBUILD=… -DSOURCE=… -DWORK=… -DCOMPILER=… -DFLAGS=… -P outside.cmake
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT code EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nended with ${code}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

# Runs `plugins test` and compares what was skipped. Every other check must have passed.
function(conforms name expected_skips)
  run(${prefix}/bin/lockstep plugins test ${name} --output json --log-file ${WORK}/log --plugins ${WORK}/build ${ARGN})
  string(JSON count LENGTH "${output}" checks)
  math(EXPR last "${count} - 1")
  set(skipped)
  foreach(i RANGE ${last})
    string(JSON check GET "${output}" checks ${i} name)
    string(JSON outcome GET "${output}" checks ${i} outcome)
    if(outcome STREQUAL "skipped")
      list(APPEND skipped ${check})
    elseif(NOT outcome STREQUAL "passed")
      message(FATAL_ERROR "${name}: ${check} ${outcome}:\n${output}")
    endif()
  endforeach()
  list(SORT skipped)
  list(SORT expected_skips)
  if(NOT skipped STREQUAL expected_skips)
    message(FATAL_ERROR "${name}: skipped were ${skipped}\nexpected ${expected_skips}\n${output}")
  endif()
  message(STATUS "${name}: ${count} checks")
endfunction()

file(REMOVE_RECURSE ${WORK})
set(prefix ${WORK}/prefix)
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})

file(COPY ${SOURCE}/tests/sdk/CMakeLists.txt ${SOURCE}/tests/sdk/jsondb DESTINATION ${WORK}/source)
file(COPY ${SOURCE}/plugins/vapi ${SOURCE}/plugins/mock DESTINATION ${WORK}/source)
set(options -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_CXX_COMPILER=${COMPILER} "-DCMAKE_CXX_FLAGS=-O1 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror ${FLAGS}")
find_program(ccache ccache)
if(ccache)
  list(APPEND options -DCMAKE_CXX_COMPILER_LAUNCHER=${ccache})
endif()
run(${CMAKE_COMMAND} -S ${WORK}/source -B ${WORK}/build -G Ninja ${options})
run(${CMAKE_COMMAND} --build ${WORK}/build)

# The example provider reads a file: nothing can be put between the two, and a file has no key.
file(WRITE ${WORK}/items.json
     "[{\"id\":\"a1\",\"name\":\"Ann\"},\n {\"id\":\"b2\",\"n\":9007199254740993},\n {\"id\":\"c3\",\"name\":null},\n {\"id\":\"d4\",\"name\":\"Zoë 🙂\"},\n {\"id\":\"e5\"}]\n")
conforms(mock
         "A404OfSomethingInBetweenIsAnError;A429IsToldWithItsWait;ABadKeyIsRefused;ADeadlineEndsACall;ADeadlineThatIsOverAsksNothing;ALoopOfPagesEnds;AMissingCredentialNamesItsVariable;APageForPeopleIsNoList;ARefusalIsToldInItsOwnWords;AStopEndsACall;ATruncatedAnswerIsNoList;NoErrorHoldsTheKey;RequestsAreCounted;TroubleOfTheServerIsUnreachable"
         --option path=${WORK}/items.json)
# The example store keeps no foreign keys and can be reached through its door only.
conforms(jsondb
         "ALockOfAnotherProgramIsBusyAndPasses;AMarkMovesWhenAnotherWrites;AMissingParentNamesColumnAndValue;ARowsVersionMovesWithTheRow;ATransactionOfAnOlderHolderIsRefused;AbsentCellsTakeTheDefaultAndNullsDoNot;TriggersAreTold;WatchingIsMadeOnce;WideningKeepsForeignColumns")
# What ships runs from the prefix too, and the Vapi plugin that was built outside is the one that is found first.
run(${prefix}/bin/lockstep plugins --plugins ${WORK}/build)
foreach(line "vapi +provider +[0-9.]+ +loaded +[^\n]*/build/vapi.so" "sqlite +store +[0-9.]+ +loaded +[^\n]*/prefix/" "mock +provider +[0-9.]+ +loaded +[^\n]*/build/mock.so" "jsondb +store")
  if(NOT output MATCHES "${line}")
    message(FATAL_ERROR "\"${line}\" is not in\n${output}")
  endif()
endforeach()
file(REMOVE_RECURSE ${WORK})
