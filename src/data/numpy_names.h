#pragma once

#include "numpy_pickle.h"

namespace wrcor::numpy {

// What the names stand for that numpy's arrays are pickled with. Nothing is called: an array's
// description is put in the place of the call that would make it.

/// Where a message points to.
struct PicklePlace {
  const std::string& file;
  std::size_t byte;
};

/// The name without its module's, which has moved between versions of numpy; empty when it is none
/// that an array needs.
std::string_view known_pickle_name(std::string_view module, std::string_view name);

/// What calling `function`, a name, with a tuple of arguments would give. @throws DataError
PickleValue call_pickle_name(const PickleDocument& document, PickleIndex function,
                             PickleIndex arguments, const PicklePlace& place);

/// What `object.__setstate__(state)` would do to an array or a dtype. @throws DataError
void set_pickle_state(PickleDocument& document, PickleIndex object, PickleIndex state,
                      const PicklePlace& place);

}  // namespace wrcor::numpy
