#include <vethwork/netlink/netem.hpp>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <numbers>

#include <vethwork/base/decimal.hpp>

namespace vethwork::netlink {

namespace {

constexpr int places = 4096;      ///< of a table
constexpr double scale = 8192.0;  ///< one jitter (NETEM_DIST_SCALE)

std::int16_t deviation(double jitters) {
    return static_cast<std::int16_t>(
        std::clamp<std::int64_t>(nearest_whole(jitters * scale), SHRT_MIN, SHRT_MAX));
}

// The functions of <cmath> would do as well, and every start of the program would have to load libm for them.

/// e to the power of x, of moderate size: Taylor's series of a small part of it, squared again and again.
double exponential(double x) {
    constexpr int squarings = 10, terms = 12;
    double const part = x / (1 << squarings);
    double sum = 1, term = 1;
    for (int n = 1; n < terms; ++n) sum += term *= part / n;
    for (int i = 0; i < squarings; ++i) sum *= sum;
    return sum;
}

double normal_density(double x) {
    constexpr double half = 0.5;
    return exponential(-half * x * x) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
}

/// The share of a normal distribution that lies below x: half, and the density times x + x³/3 + x⁵/(3·5) + ….
double normal_below(double x) {
    constexpr double half = 0.5, negligible = 1e-18;
    double sum = 0, term = x;
    for (int odd = 3; std::abs(term) > negligible; odd += 2) {
        sum += term;
        term *= x * x / odd;
    }
    return half + normal_density(x) * sum;
}

/// By Newton's method, of 0 to 1 downwards from 1.
double cube_root(double x) {
    constexpr double exact = 1e-15;
    for (double root = 1;;) {
        double const step = (root - x / (root * root)) / 3;
        root -= step;
        if (std::abs(step) < exact) return root;
    }
}

/// Below which `share` of all lies, by Newton's method from a place near by.
double normal_quantile(double share, double near) {
    constexpr double exact = 1e-9;
    for (;;) {
        double const step = (normal_below(near) - share) / normal_density(near);
        near -= step;
        if (std::abs(step) < exact) return near;
    }
}

/// Shape 3, which has mean 3/2 and variance 3/4; above which `share` of all lies.
double pareto_quantile(double share) { return (1 / cube_root(share) - 3.0 / 2) * 4 / 3; }

std::vector<double> normal_deviations() {
    constexpr double first = -4;
    std::vector<double> list;
    for (int i = 0; i < places; ++i)
        list.push_back(normal_quantile((i + 1.0 / 8) / places, i == 0 ? first : list.back()));
    return list;
}

std::vector<std::int16_t> normal_table() {
    std::vector<std::int16_t> table;
    for (double const one : normal_deviations()) table.push_back(deviation(one));
    return table;
}

std::vector<std::int16_t> pareto_table() {
    std::vector<std::int16_t> table;
    for (int i = places; i > 0; --i) table.push_back(deviation(pareto_quantile(double{1} * i / places)));
    return table;
}

/// A quarter of the one and three of the other.
std::vector<std::int16_t> pareto_normal_table() {
    auto const normal = normal_deviations();
    auto table = pareto_table();
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = deviation((normal[i] + 3 * table[i] / scale) / 4);
    return table;
}

}  // namespace

std::vector<std::int16_t> deviations(topology::DelayDistribution distribution) {
    switch (distribution) {
        case topology::DelayDistribution::uniform:
            return {};
        case topology::DelayDistribution::normal:
            return normal_table();
        case topology::DelayDistribution::pareto:
            return pareto_table();
        case topology::DelayDistribution::paretonormal:
            return pareto_normal_table();
    }
    return {};
}

}  // namespace vethwork::netlink
