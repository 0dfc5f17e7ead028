#include "score/published_searches.h"

#include <algorithm>
#include <set>
#include <string>

#include "support/catch.h"

using namespace wrcor;

TEST_CASE("published searches are those of the table of NAS-Bench-201", "[score][published]") {
  const auto searches = published_searches();
  std::set<std::string> sharing, names;
  for (const PublishedSearch& search : searches) {
    names.insert(std::string(search.name));
    if (search.weight_sharing) sharing.insert(std::string(search.name).substr(0, 4));
    for (const double accuracy : search.accuracies) {
      CHECK(accuracy > 10);
      CHECK(accuracy < 94.37);  // the optimum on CIFAR-10
    }
  }
  CHECK(names.size() == searches.size());
  CHECK((sharing == std::set<std::string>{"RSPS", "DART", "GDAS", "SETN", "ENAS"}));
  const auto rea = std::ranges::find(searches, "REA", &PublishedSearch::name);
  REQUIRE(rea != searches.end());
  CHECK(rea->accuracies[0] == 93.92);
  CHECK(rea->accuracies[2] == 45.54);
}
