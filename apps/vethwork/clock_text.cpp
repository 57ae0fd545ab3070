#include "clock_text.hpp"

#include <ctime>

#include <fmt/format.h>

namespace vethwork::app {

constexpr std::int64_t second = 1'000'000'000;

std::int64_t now_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return std::int64_t{now.tv_sec} * second + now.tv_nsec;
}

std::string clock_text(std::int64_t time) {
    std::time_t const seconds = time / second;
    tm broken_down{};
    ::localtime_r(&seconds, &broken_down);
    char text[16];
    std::strftime(text, sizeof text, "%T", &broken_down);
    return fmt::format("{}.{:06}", text, time % second / 1000);
}

}  // namespace vethwork::app
