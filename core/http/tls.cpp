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

}  // namespace lockstep::http
