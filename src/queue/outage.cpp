#include "queue/outage.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace wrcor {

void Outage::begin(const std::string& subject, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  if (reasons_.empty()) spdlog::warn("{}; {}", reason, what_follows_);
  reasons_[subject] = reason;
}

void Outage::end(const std::string& subject) {
  const std::lock_guard lock(mutex_);
  if (reasons_.erase(subject) > 0 && reasons_.empty()) report_end();
}

void Outage::end_all() {
  const std::lock_guard lock(mutex_);
  if (!reasons_.empty()) report_end();
  reasons_.clear();
}

std::string Outage::reason() const {
  const std::lock_guard lock(mutex_);
  return reasons_.empty() ? std::string() : reasons_.begin()->second;
}

void Outage::report_end() const { spdlog::info("the queue is there again"); }

std::chrono::milliseconds GrowingPause::next() {
  return std::exchange(next_, std::min(2 * next_, longest));
}

void sleep_until(std::chrono::milliseconds time, const std::function<bool()>& is_over) {
  constexpr std::chrono::milliseconds step(50);
  for (std::chrono::milliseconds slept(0); slept < time && !is_over(); slept += step)
    std::this_thread::sleep_for(std::min(step, time - slept));
}

}  // namespace wrcor
