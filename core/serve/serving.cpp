#include "serve/serving.h"

#include <sys/stat.h>

#include "common/error.h"
#include "common/hash.h"
#include "common/log.h"
#include "common/text.h"
#include "http/tls.h"
#include "serve/notify.h"
#include "web/listen.h"

namespace lockstep::serve {
namespace {

constexpr Millis kLook{2'000};  // between two looks at the files of the configuration

Poco::Net::Context::Ptr tls_of(const ServeSettings& settings) {
  return settings.tls() ? http::make_server_context(settings.certificate, settings.key) : nullptr;
}

/// The files of the configuration and its certificates, as they are on the disk.
Hash128 files_of(const Configuration& configuration) {
  Hasher hasher;
  const auto add = [&](const std::string& file) {
    struct stat status {};
    if (file.empty() || ::stat(file.c_str(), &status) != 0) return;
    hasher.text(file).number(status.st_ino).number(static_cast<std::uint64_t>(status.st_size));
    hasher.number(static_cast<std::uint64_t>(status.st_mtim.tv_sec)).number(static_cast<std::uint64_t>(status.st_mtim.tv_nsec));
  };
  add(configuration.file);
  for (const SyncUse& sync : configuration.syncs) {
    add(sync.mapping);
    add(sync.hooks);
    for (const SyncUse::DataFile& data : sync.data) add(data.path);
  }
  add(configuration.serve.certificate);
  add(configuration.serve.key);
  return hasher.digest();
}

std::string address_of(const ServeSettings& settings, std::uint16_t port) {
  if (settings.listen.kind != http::ListenAddress::Kind::Tcp) return settings.listen.text();
  http::ListenAddress listens = settings.listen;
  listens.port = port;
  return (settings.tls() ? "https://" : "http://") + listens.text();
}

}  // namespace

std::string page_address(const ServeSettings& settings) {
  if (!settings.public_url.empty())
    return settings.public_url.ends_with('/') ? settings.public_url.substr(0, settings.public_url.size() - 1) : settings.public_url;
  const bool known = settings.listen.kind == http::ListenAddress::Kind::Tcp && settings.listen.port != 0;
  return known ? address_of(settings, settings.listen.port) : std::string();
}

namespace {

/// What goes on beside the requests until the end.
class Upkeep {
 public:
  Upkeep(Service& service, web::Server& server, std::stop_token stop) : service_(service), server_(server), stop_(std::move(stop)) {}

  void work() {
    const Millis pause = std::min(kLook, watchdog_period().value_or(kLook * 2) / 2);
    Hash128 known = now_on_disk(), seen = known;
    while (!stop_.stop_requested()) {
      service_.clock().sleep(pause, stop_);
      notify_manager("WATCHDOG=1");
      const Hash128 now = now_on_disk();
      // A file that is being written changes from look to look.
      if (now == seen && now != known) {
        log::info("files of the configuration have changed");
        reload();
        known = now_on_disk();
      }
      seen = now;
    }
  }

  void reload() {
    notify_manager("RELOADING=1");
    if (service_.reload()) renew_tls();
    notify_manager("READY=1");
  }

 private:
  Hash128 now_on_disk() const { return files_of(service_.workspace().get()->configuration()); }

  void renew_tls() {
    try {
      server_.replace_tls(tls_of(service_.workspace().get()->configuration().serve));
    } catch (const Error& error) {
      log::error(std::string("the certificate was not replaced, and the old one stays: ") + error.what());
    }
  }

  Service& service_;
  web::Server& server_;
  std::stop_token stop_;
};

}  // namespace

void serve_until_stopped(ServingInput input) {
  Service service(std::move(input.parts));
  const ServeSettings settings = service.workspace().get()->configuration().serve;
  web::Server server(web::open_listener(settings.listen), tls_of(settings), service, service.hub(), {}, service.clock());
  service.listens_on(server.port());
  Upkeep upkeep(service, server, input.stop);
  input.on_hangup([&] { upkeep.reload(); });
  service.begin_work();
  const std::string address = address_of(settings, server.port());
  log::info("listening", {{"address", address}});
  input.ready(address);
  notify_manager("READY=1\nSTATUS=listening on " + address);
  upkeep.work();
  notify_manager("STOPPING=1");
  log::info("stopping");
  input.on_hangup(nullptr);
  service.stop(input.grace);
  server.stop();
}

}  // namespace lockstep::serve
