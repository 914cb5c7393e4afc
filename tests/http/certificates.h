// Certificates: an authority and server certificates made for one test run.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "common/scratch_folder.h"

namespace lockstep::test {

struct ContextDeleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using ServerContext = std::unique_ptr<SSL_CTX, ContextDeleter>;

class Authority {
 public:
  Authority();
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  /// PEM file for a client's ca_file; lives as long as this object.
  const std::string& file() const { return file_; }
  /// A server that presents a certificate for `name` ("DNS:api.example.test" or "IP:127.0.0.1"), valid unless `expired`.
  ServerContext server(const std::string& name, bool expired = false) const;

 private:
  ScratchFolder folder_{"ca"};
  std::string file_ = (folder_.path() / "authority.pem").string();
  EVP_PKEY* key_ = nullptr;
  X509* certificate_ = nullptr;
};

}  // namespace lockstep::test
