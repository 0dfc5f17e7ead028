#include "queue/queue_address.h"

#include "support/catch.h"
#include "support/temporary_folder.h"
#include "wrcor/core/error.h"

using namespace wrcor;

TEST_CASE("addresses of queues are read", "[queue]") {
  const QueueAddress plain = QueueAddress::parse_named("redis://head/first");
  CHECK(plain.host == "head");
  CHECK(plain.port == 6379);
  CHECK(plain.name == "first");
  CHECK_FALSE(plain.tls);
  const QueueAddress whole = QueueAddress::parse("rediss://ana@[::1]:7000/a.b-c_1");
  CHECK(whole.host == "::1");
  CHECK(whole.port == 7000);
  CHECK(whole.user == "ana");
  CHECK(whole.name == "a.b-c_1");
  CHECK(whole.tls);
  const QueueAddress socket = QueueAddress::parse("unix:///run/redis.sock?name=x");
  CHECK(socket.socket == "/run/redis.sock");
  CHECK(socket.name == "x");
  CHECK(QueueAddress::parse("redis://head").name.empty());
  CHECK(QueueAddress::parse("unix:///run/redis.sock").name.empty());
}

TEST_CASE("what is no address of a queue is refused", "[queue]") {
  for (const char* text :
       {"", "head/first", "http://head/first", "redis://", "redis:///first", "redis://head:0/x",
        "redis://head:65536/x", "redis://head:x/x", "redis://[::1/x", "redis://[::1]x/x",
        "redis://head/a/b", "redis://head/a b", "unix://run/x?name=a", "unix:///run/x?nom=a"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(QueueAddress::parse(text), UsageError);
  }
  CHECK_THROWS_AS(QueueAddress::parse("redis://head/" + std::string(65, 'a')), UsageError);
  CHECK_THROWS_AS(QueueAddress::parse_named("redis://head"), UsageError);
}

TEST_CASE("a password in an address is refused and not repeated", "[queue]") {
  for (const char* text :
       {"redis://:sesame@head/x", "redis://ana:sesame@head/x", "rediss://:ses@ame@head/x"}) {
    try {
      (void)QueueAddress::parse(text);
      FAIL(text);
    } catch (const UsageError& error) {
      CHECK_THAT(error.what(), ContainsSubstring("WRCOR_QUEUE_PASSWORD"));
      CHECK_THAT(error.what(), !ContainsSubstring("sesame"));
    }
  }
}

TEST_CASE("a password file has the password in its first line", "[queue]") {
  const test::TemporaryFolder folder;
  folder.write("password", "open sesame\nmore\n");
  CHECK(queue_password((folder.path() / "password").string()) == "open sesame");
  CHECK_THROWS_AS(queue_password((folder.path() / "none").string()), DataError);
}
