#pragma once

namespace wrcor {

/// Which responses a network has.
enum class Counting {
  reference,  ///< as the published implementation counts
  paper,      ///< every ReLU once, its input and the gradient there
};

}  // namespace wrcor
