#include "queue/redis.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "queue/internal/socket.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "wrcor/core/error.h"

using namespace wrcor;
using wrcor::test::TemporaryFolder;

namespace {

/// A server that accepts connections, and never says anything.
class SilentServer {
 public:
  explicit SilentServer(const std::string& path) : socket_(socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un place{};
    place.sun_family = AF_UNIX;
    path.copy(place.sun_path, sizeof place.sun_path - 1);
    REQUIRE(bind(socket_, reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0);
    REQUIRE(listen(socket_, 1) == 0);
  }
  ~SilentServer() { close(socket_); }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;

 private:
  int socket_;
};

}  // namespace

TEST_CASE("refusals of a server are told apart", "[queue]") {
  for (const char* text :
       {"OOM command not allowed when used memory > 'maxmemory'.",
        "READONLY You can't write against a read only replica.",
        "LOADING Redis is loading the dataset in memory", "MISCONF Redis is configured to save RDB",
        "BUSY Redis is busy running a script.", "UNBLOCKED force unblock from blocking operation",
        "TRYAGAIN Multiple keys request during rehashing", "ERR max number of clients reached"}) {
    CAPTURE(text);
    CHECK(RedisRefusal(text).passes());
    CHECK_FALSE(RedisRefusal(text).is_about_access());
  }
  for (const char* text :
       {"NOAUTH Authentication required.", "WRONGPASS invalid username-password pair",
        "NOPERM this user has no permissions to run the 'set' command"}) {
    CAPTURE(text);
    CHECK(RedisRefusal(text).is_about_access());
    CHECK_FALSE(RedisRefusal(text).passes());
    CHECK_THROWS_AS(give_up_after(RedisRefusal(text), QueueAddress::parse("redis://head")),
                    UsageError);
  }
  const RedisRefusal wrong_type(
      "WRONGTYPE Operation against a key holding the wrong kind of value");
  CHECK_FALSE(wrong_type.passes());
  CHECK_FALSE(wrong_type.means_no_work());
  CHECK_THROWS_AS(give_up_after(wrong_type, QueueAddress::parse("redis://head")), RunError);
  CHECK_FALSE(RedisRefusal("BUSYGROUP Consumer Group name already exists").passes());
  CHECK(RedisRefusal("NOGROUP No such key 'wrcor:x:work'").means_no_work());
}

TEST_CASE("a server that says nothing is lost when the patience ends, which may shrink",
          "[queue]") {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "socket").string();
  const SilentServer server(path);
  int asked = 0;
  const Patience patience = [&] { return std::chrono::milliseconds(++asked < 3 ? 60'000 : 0); };
  const Socket connection(QueueAddress::parse("unix://" + path), patience);
  CHECK_THROWS_AS(await_input(connection.number(), patience), QueueLost);
  CHECK(asked == 3);
}

TEST_CASE("what cannot be connected is lost", "[queue]") {
  const Patience patience = [] { return std::chrono::milliseconds(1000); };
  CHECK_THROWS_AS(Socket(QueueAddress::parse("unix:///no/such/socket"), patience), QueueLost);
  CHECK_THROWS_AS(Socket(QueueAddress::parse("unix:///" + std::string(200, 'a')), patience),
                  QueueLost);
  CHECK_THROWS_AS(Socket(QueueAddress::parse("redis://127.0.0.1:1"), patience), QueueLost);
}
