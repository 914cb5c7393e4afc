#include "http/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace lockstep::test {
namespace {

void require(bool fine) {
  if (!fine) throw std::runtime_error("OpenSSL refused to make a test certificate");
}

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

X509* make(EVP_PKEY* key, const std::string& common_name, long serial, bool expired) {
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
  constexpr long kDay = 24 * 3600;
  X509_gmtime_adj(X509_getm_notBefore(certificate), -2 * kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate), expired ? -kDay : 2 * kDay);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0) ==
          1);
  return certificate;
}

}  // namespace

Authority::Authority() : key_(EVP_EC_gen("P-256")) {
  static std::atomic<int> made{0};
  certificate_ = make(key_, "Test Authority " + std::to_string(++made), 1, false);
  X509_set_issuer_name(certificate_, X509_get_subject_name(certificate_));
  extend(certificate_, certificate_, NID_basic_constraints, "critical,CA:TRUE");
  extend(certificate_, certificate_, NID_key_usage, "critical,keyCertSign,cRLSign");
  require(X509_sign(certificate_, key_, EVP_sha256()) > 0);
  std::FILE* out = std::fopen(file_.c_str(), "w");
  require(out != nullptr);
  require(PEM_write_X509(out, certificate_) == 1);
  std::fclose(out);
}

Authority::~Authority() {
  X509_free(certificate_);
  EVP_PKEY_free(key_);
}

ServerContext Authority::server(const std::string& name, bool expired) const {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = make(key, "server", 2, expired);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate_));
  extend(certificate, certificate_, NID_subject_alt_name, name);
  require(X509_sign(certificate, key_, EVP_sha256()) > 0);
  ServerContext context(SSL_CTX_new(TLS_server_method()));
  require(SSL_CTX_use_certificate(context.get(), certificate) == 1 && SSL_CTX_use_PrivateKey(context.get(), key) == 1);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return context;
}

}  // namespace lockstep::test
