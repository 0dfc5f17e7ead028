#include "data/synthetic.h"

#include <cmath>
#include <set>
#include <vector>

#include "core/hash.h"
#include "support/catch.h"

namespace wrcor {
namespace {

constexpr int side = 32;
constexpr int plane = side * side;

std::string sha256_of_first(const Dataset& dataset, std::int64_t count) {
  Sha256 digest;
  std::vector<std::uint8_t> pixels(3 * plane);
  for (std::int64_t i = 0; i < count; ++i) {
    const int label = dataset.read(i, pixels);
    digest.update(std::as_bytes(std::span(pixels))).update(std::to_string(label));
  }
  return digest.hex();
}

/// Green plane of the first images, each minus its mean.
std::vector<std::vector<double>> centred_planes(const Dataset& dataset, int count) {
  std::vector<std::vector<double>> planes;
  std::vector<std::uint8_t> pixels(3 * plane);
  for (int i = 0; i < count; ++i) {
    dataset.read(i, pixels);
    std::vector<double> values(pixels.begin() + plane, pixels.begin() + 2 * plane);
    double mean = 0;
    for (double value : values) mean += value / plane;
    for (double& value : values) value -= mean;
    planes.push_back(std::move(values));
  }
  return planes;
}

/// Correlation within an image of pixels (dy, dx) apart.
double correlation(const std::vector<std::vector<double>>& planes, int dy, int dx) {
  double product = 0, square = 0;
  for (const auto& values : planes) {
    for (int y = 0; y + dy < side; ++y) {
      for (int x = 0; x + dx < side; ++x) {
        const double here = values[y * side + x], there = values[(y + dy) * side + x + dx];
        product += here * there;
        square += (here * here + there * there) / 2;
      }
    }
  }
  return product / square;
}

/// Power of the rows at a frequency (cycles per image), under a Hann window.
double row_power(const std::vector<std::vector<double>>& planes, int frequency) {
  const double turn = 2 * std::acos(-1.0) / side;
  double power = 0;
  for (const auto& values : planes) {
    for (int y = 0; y < side; ++y) {
      double real = 0, imaginary = 0;
      for (int x = 0; x < side; ++x) {
        const double value = values[y * side + x] * (0.5 - 0.5 * std::cos(turn * (x + 0.5)));
        real += value * std::cos(turn * frequency * x);
        imaginary += value * std::sin(turn * frequency * x);
      }
      power += real * real + imaginary * imaginary;
    }
  }
  return power;
}

TEST_CASE("synthetic images are the same on every platform", "[data][synthetic]") {
  CHECK(sha256_of_first(*make_synthetic(), 64) ==
        "b4691ebc7f77053df0d7e1222337980fe06bdc946a9a81f79c1792eef07785bb");
}

TEST_CASE("a synthetic image depends on its index and the seed only", "[data][synthetic]") {
  const auto dataset = make_synthetic(5), other = make_synthetic(6);
  CHECK(dataset->size() == 50'000);
  std::vector<std::uint8_t> first(3 * plane), again(3 * plane), elsewhere(3 * plane);
  const int label = dataset->read(49'999, first);
  dataset->read(0, again);
  CHECK(first != again);
  CHECK(make_synthetic(5)->read(49'999, again) == label);
  CHECK(first == again);
  other->read(49'999, elsewhere);
  CHECK(first != elsewhere);
}

TEST_CASE("synthetic images have the labels and statistics they are normalised by",
          "[data][synthetic]") {
  const auto dataset = make_synthetic();
  constexpr int count = 1000;
  std::vector<std::uint8_t> pixels(3 * plane);
  std::set<int> labels;
  std::array<double, 3> sum{}, square{};
  for (int i = 0; i < count; ++i) {
    labels.insert(dataset->read(i, pixels));
    for (std::size_t k = 0; k < pixels.size(); ++k) {
      sum[k / plane] += pixels[k];
      square[k / plane] += pixels[k] * pixels[k];
    }
  }
  CHECK(labels == std::set<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  for (std::size_t c = 0; c < 3; ++c) {
    const double mean = sum[c] / (count * plane);
    const double deviation = std::sqrt(square[c] / (count * plane) - mean * mean);
    CHECK(mean == Approx(dataset->info().normalisation.mean[c]).margin(6.0));
    CHECK(deviation == Approx(dataset->info().normalisation.deviation[c]).epsilon(0.05));
  }
}

TEST_CASE("synthetic images have the structure of photographs", "[data][synthetic]") {
  const auto planes = centred_planes(*make_synthetic(), 300);
  // CIFAR-10: 0.91 across, 0.88 down, 0.52 at five pixels.
  CHECK(correlation(planes, 0, 1) == Approx(0.9).margin(0.05));
  CHECK(correlation(planes, 1, 0) == Approx(0.9).margin(0.05));
  CHECK(correlation(planes, 0, 5) == Approx(0.45).margin(0.12));
  // A spectrum of 1/f^2 loses a factor of 4 per octave; CIFAR-10 loses 3.3 from 2 to 4 cycles, 4.2
  // from 4 to 8.
  CHECK(row_power(planes, 2) / row_power(planes, 4) == Approx(4.0).margin(1.5));
  CHECK(row_power(planes, 4) / row_power(planes, 8) == Approx(4.5).margin(1.5));
}

}  // namespace
}  // namespace wrcor
