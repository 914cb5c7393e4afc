# Writes a C++ source that carries files as text. Run by the build: cmake -DOUT=… -DROOT=… -DFILES=a;b -P embed.cmake
set(code "// Made by the build from config/ and scripts/.\n#include <array>\n\n#include \"cli/texts/starter.h\"\n\nnamespace lockstep {\nnamespace {\n\n")
list(LENGTH FILES count)
string(APPEND code "constexpr std::array<StarterFile, ${count}> kFiles{{\n")
foreach(file ${FILES})
  # As hexadecimal escapes: no character of a file can end the literal, and CMake's list separators stay what they are.
  file(READ "${ROOT}/${file}" bytes HEX)
  string(LENGTH "${bytes}" digits)
  math(EXPR size "${digits} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${bytes}")
  string(APPEND code "    {\"${file}\", {\"${bytes}\", ${size}}},\n")
endforeach()
string(APPEND code "}};\n\n}  // namespace\n\nstd::span<const StarterFile> starter_files() { return kFiles; }\n\n}  // namespace lockstep\n")
file(WRITE "${OUT}" "${code}")
