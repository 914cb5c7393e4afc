#include "common/scratch_folder.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include "common/error.h"

namespace lockstep {

ScratchFolder::ScratchFolder(std::string_view purpose, const std::filesystem::path& root) {
  std::string name = (root / ("lockstep-" + std::string(purpose) + "-XXXXXX")).string();
  if (mkdtemp(name.data()) == nullptr)
    throw Error(ErrorKind::Storage, "no folder can be made in " + root.string() + ": " + std::strerror(errno));
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace lockstep
