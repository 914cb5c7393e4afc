# Writes a C++ source that carries files as text. Run by the build:
#   cmake -DOUT=… -DROOT=… -DFILES=a;b -DHEADER=cli/texts/starter.h -DTYPE=StarterFile -DFUNCTION=starter_files [-DSPACE=lockstep::serve] -P embed.cmake
# TYPE is a struct of two texts, name and content, that HEADER declares, with FUNCTION that answers all of them. Names are below ROOT.
if(NOT SPACE)
  set(SPACE lockstep)
endif()
set(code "// Made by the build from files of the repository.\n#include <array>\n\n#include \"${HEADER}\"\n\nnamespace ${SPACE} {\nnamespace {\n\n")
list(LENGTH FILES count)
string(APPEND code "constexpr std::array<${TYPE}, ${count}> kFiles{{\n")
foreach(file ${FILES})
  # As hexadecimal escapes: no character of a file can end the literal, and CMake's list separators stay what they are.
  file(READ "${ROOT}/${file}" bytes HEX)
  string(LENGTH "${bytes}" digits)
  math(EXPR size "${digits} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${bytes}")
  string(APPEND code "    {\"${file}\", {\"${bytes}\", ${size}}},\n")
endforeach()
string(APPEND code "}};\n\n}  // namespace\n\nstd::span<const ${TYPE}> ${FUNCTION}() { return kFiles; }\n\n}  // namespace ${SPACE}\n")
file(WRITE "${OUT}" "${code}")
