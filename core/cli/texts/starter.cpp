#include "cli/texts/starter.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "common/error.h"
#include "common/text.h"
#include "config/store_address.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path, int error) {
  throw Error(ErrorKind::Storage, path.string() + " cannot be written: " + std::strerror(error));
}

/// O_EXCL: what appeared since the check is not overwritten either.
void write_new(const fs::path& path, std::string_view text) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (descriptor < 0) refuse(path, errno);
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int error = errno;
      ::close(descriptor);
      ::unlink(path.c_str());
      refuse(path, error);
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::close(descriptor) != 0) refuse(path, errno);
}

/// A folder of the starter that is a link would lead out of the chosen directory.
void refuse_links(const fs::path& directory, const StarterFile& file) {
  fs::path folder = directory;
  std::error_code failure;
  for (const fs::path& part : fs::path(file.path).parent_path()) {
    folder /= part;
    if (!fs::is_symlink(fs::symlink_status(folder, failure))) continue;
    throw Error(ErrorKind::Conflict, "nothing was written: " + folder.lexically_normal().string() + " is a link",
                "choose an empty directory");
  }
}

}  // namespace

std::vector<StarterFile> starter_for(std::string_view kind, std::string& text) {
  constexpr std::string_view kAnyStore = "\"${LOCKSTEP_STORE:-${LOCKSTEP_DB:-lockstep.db}}\"", kGivenStore = "\"${LOCKSTEP_STORE}\"";
  std::vector<StarterFile> files(starter_files().begin(), starter_files().end());
  if (kind.empty() || kind == store_kinds().front()) return files;
  for (StarterFile& file : files) {
    const std::size_t at = file.text.find(kAnyStore);
    if (at == std::string_view::npos) continue;
    text = std::string(file.text).replace(at, kAnyStore.size(), kGivenStore);
    file.text = text;
  }
  return files;
}

std::vector<fs::path> write_starter(const fs::path& directory, std::span<const StarterFile> files) {
  std::vector<fs::path> paths;
  std::vector<std::string> taken;
  std::error_code failure;
  for (const StarterFile& file : files) {
    refuse_links(directory, file);
    paths.push_back((directory / file.path).lexically_normal());
    if (fs::exists(fs::symlink_status(paths.back(), failure))) taken.push_back(paths.back().string());
  }
  if (!taken.empty()) {
    throw Error(ErrorKind::Conflict, "nothing was written: " + join(taken, ", ") + (taken.size() == 1 ? " is" : " are") + " there already",
                "choose an empty directory");
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    fs::create_directories(paths[i].parent_path(), failure);
    if (failure) refuse(paths[i].parent_path(), failure.value());
    write_new(paths[i], files[i].text);
  }
  return paths;
}

}  // namespace lockstep
