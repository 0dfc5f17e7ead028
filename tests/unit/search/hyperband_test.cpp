#include "search/hyperband.h"

#include "support/catch.h"

using namespace wrcor;

TEST_CASE("brackets of Hyperband as published", "[search][hyperband]") {
  // Algorithm 1 of Li et al., JMLR 18 (2018) 185, for R = 81 and eta = 3.
  const std::vector<int> epochs{1, 3, 9, 27, 81};
  const std::vector<Bracket> brackets = hyperband_brackets(epochs);
  CHECK((brackets == std::vector<Bracket>{{{0, 81}, {1, 27}, {2, 9}, {3, 3}, {4, 1}},
                                          {{1, 34}, {2, 11}, {3, 3}, {4, 1}},
                                          {{2, 15}, {3, 5}, {4, 1}},
                                          {{3, 8}, {4, 2}},
                                          {{4, 5}}}));
}

TEST_CASE("brackets of Hyperband with a factor of 2", "[search][hyperband]") {
  // The table in the manual of mlr3hyperband, for r_min = 1 and r_max = 8.
  const std::vector<int> epochs{1, 2, 4, 8};
  CHECK((hyperband_brackets(epochs) == std::vector<Bracket>{{{0, 8}, {1, 4}, {2, 2}, {3, 1}},
                                                            {{1, 6}, {2, 3}, {3, 1}},
                                                            {{2, 4}, {3, 2}},
                                                            {{3, 4}}}));
}

TEST_CASE("brackets of Hyperband over the fidelities of a table", "[search][hyperband]") {
  const std::vector<int> two{12, 200};
  CHECK((hyperband_brackets(two) == std::vector<Bracket>{{{0, 17}, {1, 1}}, {{1, 2}}}));
  const std::vector<int> one{200};
  CHECK((hyperband_brackets(one) == std::vector<Bracket>{{{0, 1}}}));
}
