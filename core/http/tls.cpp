#include "http/tls.h"

#include <Poco/Exception.h>
#include <Poco/Net/NetSSL.h>

#include <filesystem>

#include "common/error.h"

namespace lockstep::http {

using Poco::Net::Context;

Context::Ptr make_client_context(const std::string& ca_file) {
  std::error_code ignored;
  if (!ca_file.empty() && !std::filesystem::is_regular_file(ca_file, ignored)) {
    throw Error(ErrorKind::Invalid, "ca_file \"" + ca_file + "\" is no file");
  }
  try {
    Poco::Net::initializeSSL();
    constexpr int kChainDepth = 9;
    Context::Ptr context = new Context(Context::TLS_CLIENT_USE, "", "", ca_file, Context::VERIFY_STRICT, kChainDepth, ca_file.empty());
    context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
    context->enableExtendedCertificateVerification(true);
    return context;
  } catch (const Poco::Exception& problem) {
    throw Error(ErrorKind::Invalid, ca_file.empty() ? "TLS cannot be used: " + problem.displayText()
                                                    : "ca_file \"" + ca_file + "\" holds no usable certificates: " + problem.displayText());
  }
}

Context::Ptr make_server_context(const std::string& certificate, const std::string& key) {
  std::error_code ignored;
  for (const std::string& file : {certificate, key}) {
    if (!std::filesystem::is_regular_file(file, ignored)) throw Error(ErrorKind::Invalid, "\"" + file + "\" is no file");
  }
  try {
    Poco::Net::initializeSSL();
    Context::Ptr context = new Context(Context::TLS_SERVER_USE, key, certificate, "", Context::VERIFY_NONE);
    context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
    context->preferServerCiphers();
    return context;
  } catch (const Poco::Exception& problem) {
    throw Error(ErrorKind::Invalid, "\"" + certificate + "\" and \"" + key + "\" are no certificate and its key: " + problem.displayText());
  }
}

}  // namespace lockstep::http
