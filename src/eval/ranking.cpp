#include "wrcor/eval/ranking.h"

#include <algorithm>

namespace wrcor {

void rank(std::vector<Ranked>& entries, const std::string& proxy) {
  std::sort(entries.begin(), entries.end(), [&](const Ranked& a, const Ranked& b) {
    const auto& x = a.evaluation.score(proxy).value;
    const auto& y = b.evaluation.score(proxy).value;
    if (x != y) return x > y;  // an empty optional is below every number
    return a.arch < b.arch;
  });
}

}  // namespace wrcor
