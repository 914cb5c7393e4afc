#include "resources.h"

namespace lockstep::vapi {
namespace {

using rest::ListSpec;
using rest::Paging;
using rest::RestResource;

/// GET /assistant and GET /phone-number know a limit (at most 1000, 100 when not said) and filters on times; no cursor, no order, no total.
ListSpec list_of(std::string path) {
  ListSpec list;
  list.path = std::move(path);
  list.paging = Paging::TimeCursor;
  list.limit_parameter = "limit";
  list.page_size = 1000;
  list.page_size_cap = 1000;
  list.time_field = "createdAt";
  list.not_after_parameter = "createdAtLe";
  list.not_before_parameter = "createdAtGe";
  return list;
}

Resource assistant() {
  Resource resource;
  resource.name = "assistant";
  resource.account = "orgId";
  resource.modified = "updatedAt";
  resource.can_create = true;
  resource.can_update = true;
  resource.marker = "metadata";
  resource.names = "camel";
  // A body that holds one of these is answered "property … should not exist".
  resource.read_only = {"id",        "orgId",      "createdAt", "updatedAt", "latestVersion", "isServerUrlSecretSet", "analyticsMetadata",
                        "isDeleted", "workflowIds"};
  // Of a credential its identity comes back, its keys do not: sending the list would erase them.
  resource.write_only = {"server.secret", "serverUrlSecret", "credentials"};
  resource.secret_flags = {{"server.secret", "isServerUrlSecretSet"}, {"serverUrlSecret", "isServerUrlSecretSet"}};
  resource.secret = {"credentials",
                     "server.secret",
                     "server.headers",
                     "serverUrlSecret",
                     "model.headers",
                     "model.tools.*.headers",
                     "model.tools.*.server.secret",
                     "model.tools.*.server.headers",
                     "voice.server.secret",
                     "voice.server.headers",
                     "transcriber.server.secret",
                     "transcriber.server.headers"};
  resource.legacy = {"silenceTimeoutSeconds",
                     "backgroundDenoisingEnabled",
                     "messagePlan",
                     "backchannelingEnabled",
                     "hipaaEnabled",
                     "pciEnabled",
                     "serverUrl",
                     "serverUrlSecret",
                     "recordingEnabled",
                     "endCallFunctionEnabled",
                     "dialKeypadFunctionEnabled",
                     "responseDelaySeconds",
                     "llmRequestDelaySeconds",
                     "llmRequestNonPunctuatedDelaySeconds",
                     "numWordsToInterruptAssistant",
                     "forwardingPhoneNumber",
                     "forwardingPhoneNumbers",
                     "summaryPrompt",
                     "voicemailDetectionEnabled",
                     "voicemailDetectionTypes",
                     "voicemailEnabled",
                     "language",
                     "callbackUrl",
                     "context",
                     "functions",
                     "startTalking",
                     "compliancePlan.zdrEnabled",
                     "model.systemPrompt",
                     "voice.fillerInjectionEnabled"};
  resource.known = {"id",
                    "orgId",
                    "createdAt",
                    "updatedAt",
                    "latestVersion",
                    "name",
                    "firstMessage",
                    "firstMessageMode",
                    "firstMessageInterruptionsEnabled",
                    "voicemailMessage",
                    "endCallMessage",
                    "endCallPhrases",
                    "maxDurationSeconds",
                    "backgroundSound",
                    "modelOutputInMessagesEnabled",
                    "clientMessages",
                    "serverMessages",
                    "metadata",
                    "credentialIds",
                    "credentials",
                    "hooks",
                    "transportConfigurations",
                    "model",
                    "voice",
                    "transcriber",
                    "server",
                    "voicemailDetection",
                    "startSpeakingPlan",
                    "stopSpeakingPlan",
                    "analysisPlan",
                    "artifactPlan",
                    "monitorPlan",
                    "compliancePlan",
                    "keypadInputPlan",
                    "backgroundSpeechDenoisingPlan",
                    "observabilityPlan"};
  return resource;
}

/// Numbers are bought or brought by people, and each costs money: they are read and updated, never created.
Resource phone_number() {
  Resource resource;
  resource.name = "phone_number";
  resource.label = "number";
  resource.account = "orgId";
  resource.modified = "updatedAt";
  resource.can_update = true;
  // The area codes are wishes of a purchase and unknown to an update.
  resource.read_only = {"id",
                        "orgId",
                        "createdAt",
                        "updatedAt",
                        "status",
                        "isServerUrlSecretSet",
                        "numberDesiredAreaCode",
                        "areaCode",
                        "stripeSubscriptionId",
                        "stripeSubscriptionStatus",
                        "stripeSubscriptionCurrentPeriodStart",
                        "twilioOutgoingCallerId"};
  resource.write_only = {"server.secret", "serverUrlSecret", "twilioAuthToken", "twilioApiSecret"};
  resource.secret_flags = {{"server.secret", "isServerUrlSecretSet"}, {"serverUrlSecret", "isServerUrlSecretSet"}};
  resource.secret = {"server.secret", "server.headers",  "serverUrlSecret",        "twilioAuthToken",
                     "twilioApiKey",  "twilioApiSecret", "authentication.password"};
  resource.legacy = {"serverUrl", "serverUrlSecret", "fallbackForwardingPhoneNumber", "agentId"};
  resource.known = {"id",
                    "orgId",
                    "createdAt",
                    "updatedAt",
                    "status",
                    "provider",
                    "number",
                    "name",
                    "assistantId",
                    "squadId",
                    "workflowId",
                    "server",
                    "fallbackDestination",
                    "hooks",
                    "numberE164CheckEnabled",
                    "credentialId",
                    "twilioAccountSid",
                    "twilioAuthToken",
                    "twilioApiKey",
                    "twilioApiSecret",
                    "smsEnabled",
                    "sipUri",
                    "numberDesiredAreaCode",
                    "authentication"};
  resource.references = {{"assistantId", "assistant"}};
  return resource;
}

}  // namespace

rest::RestSpec make_spec() {
  rest::RestSpec spec;
  spec.label = "Vapi";
  spec.auth = {rest::AuthStyle::Bearer, "", "VAPI_API_KEY"};
  spec.check = "/assistant?limit=1";
  spec.resources = {{assistant(), list_of("/assistant"), "/assistant/{id}", "/assistant"},
                    {phone_number(), list_of("/phone-number"), "/phone-number/{id}", ""}};
  spec.errors.message_paths = {"message", "error"};
  spec.errors.credentials_hint =
      "set VAPI_API_KEY to a private key of this organization, and base_url to https://api.eu.vapi.ai when it is one of the EU";
  spec.errors.rules = {
      {.status = 403,
       .contains = "error code: 1010",
       .kind = ErrorKind::Unreachable,
       .message = "Cloudflare in front of Vapi refused the request (403, error code: 1010), as it does without a User-Agent header",
       .hint = "check whether a proxy on the way removes the User-Agent header"}};
  return spec;
}

}  // namespace lockstep::vapi
