#include "report/sparkline.h"

#include "core/table.h"
#include "support/catch.h"

using namespace wrcor;

TEST_CASE("a sparkline goes from the lowest to the highest value", "[report]") {
  CHECK(sparkline({0, 1, 2, 3, 4, 5, 6, 7}, 8) == "▁▂▃▄▅▆▇█");
  CHECK(sparkline({7, 0}, 2) == "█▁");
  CHECK(sparkline({-5, -5, 100}, 3) == "▁▁█");
}

TEST_CASE("a sparkline is as wide as asked, and ends with the last value", "[report]") {
  std::vector<double> values(1000, 1);
  values.back() = 2;
  CHECK(sparkline(values, 4) == "▁▁▁█");
  CHECK(sparkline({1, 2}, 6) == "▁▁▁███");
  CHECK(text_width(sparkline(values, 16)) == 16);
  CHECK(sparkline({}, 5).empty());
  CHECK(sparkline({3, 3}, 2) == "██");
}
