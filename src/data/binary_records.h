#pragma once

#include <memory>
#include <string>

#include "wrcor/data/dataset.h"

namespace wrcor {

// Data sets of small images in files of records, labels in front of pixels, read into memory as a
// whole: CIFAR-10 and CIFAR-100 in the binary layout of their author, 32x32, and ImageNet16-120 in
// a similar layout, 16x16; or, in a folder without these, the pickles published for Python, see
// image_pickle.h. Files with fewer records than the official ones are legal.
//
// Looked for in the given root, then in the cache folder; in each of them in the folder itself, in
// the official archive's folder (`cifar-10-batches-bin`, `cifar-10-batches-py`, `cifar-100-binary`,
// `cifar-100-python`) and in `cifar10`, `cifar100`.
// Source: A. Krizhevsky, Learning multiple layers of features from tiny images, 2009;
//         https://www.cs.toronto.edu/~kriz/cifar.html. Statistics: the published NAS-Bench-201
//         code.

/// data_batch_1.bin to data_batch_5.bin, those that exist, in this order; test_batch.bin. Pickles:
/// the same names without a suffix.
/// @throws DataError when files are missing, truncated, too long, or hold a label out of range
std::unique_ptr<Dataset> make_cifar10(const DatasetOptions& options);

/// train.bin; test.bin; the label is the fine one, 0..99. Pickles: train; test. @throws DataError
/// as make_cifar10 does.
std::unique_ptr<Dataset> make_cifar100(const DatasetOptions& options);

/// imagenet16_120.bin: one label byte, 0..119, and 768 pixel bytes an image; or, in a folder
/// without it, the published train_data_batch_1 to train_data_batch_10, those that exist. Test
/// images: imagenet16_120_test.bin, or the published val_data. All in the folder itself, in
/// `imagenet16` or in `ImageNet16`.
/// @throws DataError as make_cifar10 does. Source: Chrabaszcz et al., arXiv 1707.08819; Dong and
/// Yang, arXiv 2001.00326.
std::unique_ptr<Dataset> make_imagenet16(const DatasetOptions& options);

/// Their properties, without opening any file.
const DatasetInfo& cifar10_info();
const DatasetInfo& cifar100_info();
const DatasetInfo& imagenet16_info();

/// The official archives. Sizes and checksums: TensorFlow Datasets, url_checksums/cifar10.txt and
/// cifar100.txt.
const DataSource& cifar10_source();
const DataSource& cifar100_source();

/// How to obtain ImageNet16-120, which has no public download.
std::string imagenet16_origin();

}  // namespace wrcor
