#include "score/batching.h"

#include "proxy/factory.h"
#include "support/catch.h"
#include "wrcor/score/proxies.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

TEST_CASE("the proxies that are never in batches are those with passes of their own", "[score]") {
  const NasBench201 space({4, 1, 10, 32, 32});
  for (const std::string& name : proxies().names()) {
    INFO(name);
    CHECK(is_batched(name) == make_proxy(name, {space})->own_passes().empty());
  }
}
