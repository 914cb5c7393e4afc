#include "format/secret_names.h"

namespace lockstep {

std::span<const std::string> secret_names() {
  static const std::vector<std::string> names{
      "**.*secret", "**.*secrets", "**.*secretValue", "**.*secretString", "**.*password", "**.*passwords", "**.*passwd", "**.*passphrase",
      "**.pwd", "**.*token", "**.*accessTokens", "**.*authTokens", "**.*refreshTokens", "**.*apiTokens", "**.*bearerTokens", "**.*key",
      "**.*apiKeys", "**.*accessKeys", "**.*privateKeys", "**.*secretKeys", "**.*signingKeys", "**.*headers", "**.*authorization",
      "**.*bearer", "**.auth", "**.*basicAuth", "**.*cookie", "**.*cookies", "**.*credential", "**.*credentials", "**.*connectionString",
      "**.environmentVariables",
      // Names of things and of places, and what everybody may know.
      "!**.key", "!**.*publicKey", "!**.*cacheKey", "!**.*primaryKey", "!**.*foreignKey", "!**.*sortKey", "!**.*partitionKey",
      "!**.*translationKey", "!**.*pageToken", "!**.*cursorToken", "!**.*maxToken", "!**.*endToken", "!**.*stopToken", "!**.*dialKey",
      "!**.*hotkey"};
  return names;
}

std::vector<std::string> secret_patterns_of(const Resource& resource) {
  std::vector<std::string> patterns(secret_names().begin(), secret_names().end());
  patterns.insert(patterns.end(), resource.write_only.begin(), resource.write_only.end());
  patterns.insert(patterns.end(), resource.secret.begin(), resource.secret.end());
  return patterns;
}

}  // namespace lockstep
