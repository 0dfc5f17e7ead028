#pragma once

#include <string>

#include "wrcor/core/registry.h"
#include "wrcor/data/dataset.h"

namespace wrcor {

/// The data sets that the program can draw minibatches from.
const Registry<DatasetKind>& datasets();

/// Whether the images of a registered data set are read from files; otherwise they are synthetic.
bool lies_in_files(const std::string& dataset);

}  // namespace wrcor
