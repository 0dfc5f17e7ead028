#pragma once

#include "wrcor/core/registry.h"
#include "wrcor/data/dataset.h"

namespace wrcor {

/// The data sets that the program can draw minibatches from.
const Registry<DatasetKind>& datasets();

}  // namespace wrcor
