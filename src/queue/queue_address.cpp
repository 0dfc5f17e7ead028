#include "queue/queue_address.h"

#include <charconv>
#include <cstdlib>
#include <string_view>

#include "core/first_line.h"
#include "core/text_file.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

constexpr std::string_view plain_scheme = "redis://", tls_scheme = "rediss://",
                           unix_scheme = "unix://";

[[noreturn]] void refuse(const std::string& text) {
  throw UsageError(
      "expected redis://HOST[:PORT]/NAME, rediss://HOST[:PORT]/NAME or "
      "unix:///PATH?name=NAME, got " +
      in_quotes(text));
}

bool is_name(std::string_view text) {
  constexpr std::size_t longest = 64;
  return text.size() <= longest &&
         text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == text.npos;
}

void read_port(std::string_view text, QueueAddress& address) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, address.port);
  if (error != std::errc() || stop != end || address.port == 0) refuse(address.text);
}

/// HOST, HOST:PORT, [IPV6] or [IPV6]:PORT
void read_host(std::string_view text, QueueAddress& address) {
  std::size_t end = text.find(':');
  if (text.starts_with('[')) {
    const std::size_t bracket = text.find(']');
    if (bracket == text.npos) refuse(address.text);
    address.host = text.substr(1, bracket - 1);
    end = bracket + 1;
  } else {
    address.host = text.substr(0, end);
  }
  if (address.host.empty()) refuse(address.text);
  if (end >= text.size()) return;
  if (text[end] != ':') refuse(address.text);
  read_port(text.substr(end + 1), address);
}

void read_server(std::string_view rest, QueueAddress& address) {
  const std::size_t slash = rest.find('/');
  std::string_view server = rest.substr(0, slash);
  if (slash != rest.npos) address.name = rest.substr(slash + 1);
  if (const std::size_t at = server.rfind('@'); at != server.npos) {
    address.user = server.substr(0, at);
    server.remove_prefix(at + 1);
  }
  read_host(server, address);
}

void read_socket(std::string_view rest, QueueAddress& address) {
  constexpr std::string_view query = "?name=";
  const std::size_t mark = rest.find('?');
  address.socket = rest.substr(0, mark);
  if (!address.socket.starts_with('/')) refuse(address.text);
  if (mark == rest.npos) return;
  if (!rest.substr(mark).starts_with(query)) refuse(address.text);
  address.name = rest.substr(mark + query.size());
}

/// Whether there is a password before the host.
bool has_password(std::string_view text) {
  const std::size_t at = text.rfind('@'), start = text.find("://");
  if (at == text.npos || start == text.npos) return false;
  const std::size_t colon = text.find(':', start + 3);
  return colon < at;
}

}  // namespace

QueueAddress QueueAddress::parse(const std::string& text) {
  if (has_password(text)) {
    throw UsageError(
        "the address of the queue contains a password, which others can read; give it "
        "by WRCOR_QUEUE_PASSWORD or --queue-password-file");
  }
  QueueAddress address;
  address.text = text;
  address.tls = text.starts_with(tls_scheme);
  if (address.tls || text.starts_with(plain_scheme)) {
    read_server(std::string_view(text).substr((address.tls ? tls_scheme : plain_scheme).size()),
                address);
  } else if (text.starts_with(unix_scheme)) {
    read_socket(std::string_view(text).substr(unix_scheme.size()), address);
  } else {
    refuse(text);
  }
  if (!is_name(address.name)) {
    throw UsageError(
        "expected a name of a queue of at most 64 letters, digits, dots, dashes and "
        "underscores, got " +
        in_quotes(address.name));
  }
  return address;
}

QueueAddress QueueAddress::parse_named(const std::string& text) {
  QueueAddress address = parse(text);
  if (address.name.empty()) {
    throw UsageError(
        "expected the name of a queue in the address, as in redis://HOST/NAME or "
        "unix:///PATH?name=NAME, got " +
        in_quotes(text));
  }
  return address;
}

std::string queue_password(const std::string& file) {
  constexpr std::uint64_t longest = 4096;
  if (!file.empty()) {
    const std::string text = read_text_file(file, longest);
    return std::string(first_line(text));
  }
  const char* variable = std::getenv("WRCOR_QUEUE_PASSWORD");
  return variable != nullptr ? variable : "";
}

}  // namespace wrcor
