// Poco writes headers as they are given, so that a line break in a subject would be a header of its own: a subject is printable, and encoded.
#include "http/mail.h"

#include <Poco/Net/MailMessage.h>
#include <Poco/Net/MailRecipient.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SMTPClientSession.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/StreamSocket.h>

#include "common/error.h"
#include "common/text.h"
#include "http/tls.h"

namespace lockstep::http {
namespace {

namespace net = Poco::Net;

const Poco::Timespan kMailPatience(10, 0);

/// Poco's own session that can STARTTLS knows the server's name only where it connects without a time limit.
class MailSession : public net::SMTPClientSession {
 public:
  using net::SMTPClientSession::SMTPClientSession;
  bool start_tls(const std::string& host, const net::Context::Ptr& context) {
    std::string response;
    if (!isPositiveCompletion(sendCommand("STARTTLS", response))) return false;
    socket() = net::SecureStreamSocket::attach(socket(), host, context);
    return true;
  }
};

net::StreamSocket connect(const MailServer& server, const net::Context::Ptr& context) {
  const net::SocketAddress address(server.host, server.port);
  if (server.security != MailServer::Security::Tls) {
    net::StreamSocket socket;
    socket.connect(address, kMailPatience);
    return socket;
  }
  net::SecureStreamSocket socket(context);
  socket.setPeerHostName(server.host);
  socket.connect(address, kMailPatience);
  return socket;
}

void compose(net::MailMessage& message, const Mail& mail, Micros now) {
  message.setSender(mail.from);
  for (const std::string& to : mail.to) message.addRecipient(net::MailRecipient(net::MailRecipient::PRIMARY_RECIPIENT, to));
  message.setSubject(net::MailMessage::encodeWord(printable(mail.subject), "UTF-8"));
  message.setDate(Poco::Timestamp(now));
  message.set("Auto-Submitted", "auto-generated");
  message.setContentType("text/plain; charset=UTF-8");
  message.setContent(replace_all(mail.text, "\n", "\r\n") + "\r\n", net::MailMessage::ENCODING_QUOTED_PRINTABLE);
}

}  // namespace

void send_mail(const MailServer& server, const Mail& mail, Micros now) {
  try {
    net::Context::Ptr context;
    if (server.security != MailServer::Security::Clear) context = make_client_context(server.ca_file);
    net::StreamSocket socket = connect(server, context);
    socket.setReceiveTimeout(kMailPatience);
    socket.setSendTimeout(kMailPatience);
    MailSession session(socket);
    session.login();
    if (server.security == MailServer::Security::StartTls) {
      if (!session.start_tls(server.host, context))
        throw Error(ErrorKind::Rejected, "the mail server offers no STARTTLS", "name it as smtps://HOST:PORT");
      session.login();
    }
    if (!server.user.empty()) session.login(net::SMTPClientSession::AUTH_PLAIN, server.user, server.password);
    net::MailMessage message;
    compose(message, mail, now);
    session.sendMessage(message);
    session.close();
  } catch (const Poco::Exception& failure) {
    throw Error(ErrorKind::Unreachable, "the mail was not taken: " + printable(failure.displayText()));
  }
}

}  // namespace lockstep::http
