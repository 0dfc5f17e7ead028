#pragma once

#include <map>
#include <string>
#include <vector>

#include "search/simulated_search.h"
#include "wrcor/space/constrained_space.h"

namespace wrcor {

/// The front of a whole table, by the rule and the costs that a search minimises: the best that a
/// search could find. The reference of hypervolumes is the worst of each objective in this front.
class TableFront {
 public:
  /// Rows without a value or a cost do not count.
  /// @param space  knows the costs
  TableFront(const ConstrainedSpace& space, const std::vector<std::string>& minimize,
             const SearchTable& table);

  /// The hypervolume of some rows as a fraction of that of all; nothing where that is 0.
  std::optional<double> share(const std::vector<const SearchTable::Row*>& rows) const;

 private:
  std::map<const SearchTable::Row*, std::vector<double>> points_;
  std::vector<double> reference_;
  double volume_ = 0;
};

}  // namespace wrcor
