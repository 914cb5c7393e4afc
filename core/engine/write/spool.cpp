#include "engine/write/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "common/error.h"

namespace lockstep {
namespace {

// An entry: length of all that follows, then id, raw, hash, link, local and the row's cells (tag, of an unreadable one its storage, then a
// scalar or length and bytes).

template <class T>
void put(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void put_text(std::string& out, std::string_view text) {
  put(out, static_cast<std::uint64_t>(text.size()));
  out += text;
}

template <class T>
T get(std::string_view& in) {
  T value;
  std::memcpy(&value, in.data(), sizeof value);
  in.remove_prefix(sizeof value);
  return value;
}

std::string_view get_text(std::string_view& in) {
  const auto size = static_cast<std::size_t>(get<std::uint64_t>(in));
  const std::string_view text = in.substr(0, size);
  in.remove_prefix(size);
  return text;
}

void put_value(std::string& out, const Value& value) {
  put(out, value.tag());
  if (value.is_unreadable()) put(out, value.storage());
  if (value.is_view()) {
    put_text(out, value.as_view());
  } else {
    put(out, value.as_integer());
  }
}

Value get_value(std::string_view& in) {
  const auto tag = get<Value::Tag>(in);
  if (tag == Value::Tag::Text) return Value::text(get_text(in));
  if (tag == Value::Tag::Json) return Value::json(get_text(in));
  if (tag == Value::Tag::Number) return Value::number(get_text(in));
  if (tag == Value::Tag::Unreadable) {
    const auto storage = get<Value::Storage>(in);
    return Value::unreadable(storage, get_text(in));
  }
  const auto bits = get<std::int64_t>(in);
  switch (tag) {
    case Value::Tag::Null: return Value::null();
    case Value::Tag::Bool: return Value::boolean(bits != 0);
    case Value::Tag::Int: return Value::integer(bits);
    case Value::Tag::Real: {
      double real;
      std::memcpy(&real, &bits, sizeof real);
      return Value::real(real);
    }
    default: return Value();
  }
}

std::string temporary_folder() {
  const char* chosen = std::getenv("TMPDIR");
  return chosen != nullptr && *chosen != '\0' ? chosen : "/tmp";
}

/// Nobody else ever sees its name; gone with the process. nullptr, with errno, when there can be none.
std::FILE* unnamed_file() {
  std::string name = temporary_folder() + "/lockstep-waiting-XXXXXX";
  const int descriptor = mkostemp(name.data(), O_CLOEXEC);
  if (descriptor < 0) return nullptr;
  ::unlink(name.c_str());
  return fdopen(descriptor, "w+");
}

}  // namespace

void Spool::push(std::string_view id, std::string_view raw, const Hash128& hash, std::uint32_t link, std::uint32_t local, Row row) {
  std::string entry;
  put_text(entry, id);
  put_text(entry, raw);
  put(entry, hash);
  put(entry, link);
  put(entry, local);
  put(entry, static_cast<std::uint64_t>(row.size()));
  for (const Value& value : row) put_value(entry, value);
  put_text(buffer_, entry);
  ++count_;
  if (buffer_.size() > memory_bytes_) spill();
}

void Spool::spill() {
  if (!file_) file_.reset(unnamed_file());
  if (!file_ || std::fwrite(buffer_.data(), 1, buffer_.size(), file_.get()) != buffer_.size()) {
    throw Error(ErrorKind::Storage, std::string("cannot keep waiting changes in a temporary file: ") + std::strerror(errno),
                "free space in " + temporary_folder() + ", or name another folder in TMPDIR");
  }
  buffer_.clear();
}

bool Spool::refill() {
  buffer_.erase(0, read_at_);
  read_at_ = 0;
  if (file_) {
    const std::size_t had = buffer_.size();
    buffer_.resize(had + memory_bytes_);
    buffer_.resize(had + std::fread(buffer_.data() + had, 1, memory_bytes_, file_.get()));
    if (buffer_.size() > had) return true;
    if (std::ferror(file_.get()) != 0) throw Error(ErrorKind::Storage, "cannot read waiting changes back from a temporary file");
    file_.reset();
  }
  if (tail_.empty()) return false;
  buffer_ += tail_;
  tail_.clear();
  return true;
}

std::vector<WaitingRecord> Spool::take(std::size_t most) {
  if (!reading_) {
    reading_ = true;
    tail_.swap(buffer_);
    if (file_ && std::fseek(file_.get(), 0, SEEK_SET) != 0) throw Error(ErrorKind::Storage, "cannot rewind a temporary file");
  }
  std::vector<WaitingRecord> out;
  while (out.size() < most) {
    std::string_view in = std::string_view(buffer_).substr(read_at_);
    std::uint64_t length = 0;
    if (in.size() >= sizeof length) std::memcpy(&length, in.data(), sizeof length);
    if (in.size() < sizeof length || in.size() - sizeof length < length) {
      if (!refill()) break;
      continue;
    }
    read_at_ += sizeof length + static_cast<std::size_t>(length);
    in = get_text(in);
    WaitingRecord& record = out.emplace_back();
    record.id = get_text(in);
    record.raw = get_text(in);
    record.hash = get<Hash128>(in);
    record.link = get<std::uint32_t>(in);
    record.local = get<std::uint32_t>(in);
    std::vector<Value> cells(static_cast<std::size_t>(get<std::uint64_t>(in)));
    for (Value& cell : cells) cell = get_value(in);
    record.row = OwnedRow(cells);
    --count_;
  }
  return out;
}

}  // namespace lockstep
