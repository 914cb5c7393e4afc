#include "web/listen.h"

#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocketImpl.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "common/error.h"

namespace lockstep::web {
namespace {

constexpr int kWaiting = 512;       // connections that nobody has accepted yet
constexpr int kFirstInherited = 3;  // SD_LISTEN_FDS_START
constexpr ::mode_t kOthers = 0117;  // what a Unix socket does not allow

/// A socket that was opened by another process.
class InheritedSocket : public Poco::Net::ServerSocketImpl {
 public:
  explicit InheritedSocket(int descriptor) { reset(descriptor); }
};

Poco::Net::ServerSocket inherited() {
  const char* process = std::getenv("LISTEN_PID");
  const char* count = std::getenv("LISTEN_FDS");
  if (process == nullptr || count == nullptr || std::to_string(::getpid()) != process || std::string_view(count) == "0")
    throw Error(ErrorKind::Storage, "systemd handed over no socket", "start it by lockstep.socket, or set serve.listen to an address");
  struct Adopted : Poco::Net::ServerSocket {
    explicit Adopted(int descriptor) : Poco::Net::ServerSocket(new InheritedSocket(descriptor), true) {}
  };
  return Adopted(kFirstInherited);
}

/// True when a server answers at a socket's file.
bool is_served(const std::string& path) {
  try {
    Poco::Net::StreamSocket probe;
    probe.connect(Poco::Net::SocketAddress(Poco::Net::SocketAddress::UNIX_LOCAL, path));
    return true;
  } catch (const Poco::Exception&) {
    return false;
  }
}

Poco::Net::ServerSocket open_unix(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) {
    if (!S_ISSOCK(status.st_mode)) throw Error(ErrorKind::Storage, path + " is there already and is no socket", "name another path");
    if (is_served(path)) throw Error(ErrorKind::Busy, "another program listens on " + path, "stop it, or name another path");
    ::unlink(path.c_str());
  }
  Poco::Net::ServerSocket socket;
  const ::mode_t before = ::umask(kOthers);
  try {
    socket.bind(Poco::Net::SocketAddress(Poco::Net::SocketAddress::UNIX_LOCAL, path), false);
  } catch (...) {
    ::umask(before);
    throw;
  }
  ::umask(before);
  socket.listen(kWaiting);
  return socket;
}

}  // namespace

Poco::Net::ServerSocket open_listener(const http::ListenAddress& address) {
  try {
    if (address.kind == http::ListenAddress::Kind::Inherited) return inherited();
    if (address.kind == http::ListenAddress::Kind::Unix) return open_unix(address.path);
    Poco::Net::ServerSocket socket;
    // Without SO_REUSEPORT, with which a second server would take the same port without a word.
    socket.bind(Poco::Net::SocketAddress(address.host, address.port), true, false);
    socket.listen(kWaiting);
    return socket;
  } catch (const Poco::Exception& failure) {
    throw Error(ErrorKind::Storage, "cannot listen on " + address.text() + ": " + failure.displayText(),
                "stop what has this address, or set serve.listen to another");
  }
}

}  // namespace lockstep::web
