#include "engine/sides/fault.h"

#include <new>

namespace lockstep {

Scope scope_of(const Error& failure) {
  switch (failure.kind()) {
    case ErrorKind::Rejected:
    case ErrorKind::NotFound:
    case ErrorKind::Invalid:
    case ErrorKind::Corrupt:
    case ErrorKind::Unreachable:
      return Scope::Record;  // see Reachability
    // A refused key says so with 401; 403 may be about this one item.
    case ErrorKind::Credentials: return failure.status() == 403 ? Scope::Record : Scope::Run;
    case ErrorKind::RateLimited:
    case ErrorKind::Conflict:  // the lease is another's by now
    case ErrorKind::Busy:
    case ErrorKind::Storage:
    case ErrorKind::Interrupted: return Scope::Run;
  }
  return Scope::Run;
}

Error current_fault() {
  try {
    throw;
  } catch (const Error& failure) {
    return failure;
  } catch (const std::bad_alloc&) {
    return Error(ErrorKind::Storage, "out of memory");
  } catch (const std::exception& failure) {
    return Error(ErrorKind::Invalid, failure.what());
  }
}

void Reachability::met(const Error& failure) {
  const bool nobody = failure.kind() == ErrorKind::Unreachable || failure.kind() == ErrorKind::Credentials;
  if (!nobody) return answered();
  ++(failure.status() == 0 ? silent_in_a_row_ : refused_in_a_row_);
}

}  // namespace lockstep
