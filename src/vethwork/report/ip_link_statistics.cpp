#include <array>
#include <initializer_list>

#include <vethwork/report/ip_link.hpp>

namespace vethwork::report {

namespace {

using topology::LinkStatistics;

struct Cell {
    std::string_view name;
    std::uint64_t value;
    bool there = true;  ///< a column that is left out where it has nothing to tell
};

using Cells = std::vector<Cell>;
using Widths = std::array<std::size_t, 8>;
/// As wide as the longest heading of each column.
constexpr Widths narrowest{10, 7, 6, 7, 7, 7, 10, 9};

/// A number as it is, or with -h as three digits and a letter for the power of 1000 (-iec: 1024).
std::string number_text(std::uint64_t count, IpDetails const& details) {
    std::uint64_t const base = details.iec ? 1024 : 1000;
    if (!details.human || count < base) return std::to_string(count);
    constexpr std::string_view letters = "kMGTPE";
    std::size_t letter = 0;
    std::uint64_t power = base;
    while (count / base >= power && letter + 1 < letters.size()) {
        power *= base;
        ++letter;
    }
    int digits = 2;
    for (std::uint64_t limit = 10; digits > 0 && count / power >= limit; limit *= 10) --digits;
    return fmt::format("{:.{}f}{}{}", static_cast<double>(count) / static_cast<double>(power), digits,
                       letters[letter], details.iec ? "i" : "");
}

void widen(Widths& widths, Cells const& cells, std::size_t first) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
        auto const width = std::to_string(cells[i].value).size();
        widths[first + i] = std::max(widths[first + i], width);
    }
}

Cells receive_cells(LinkStatistics const& s) {
    return {{"bytes", s.rx_bytes},
            {"packets", s.rx_packets},
            {"errors", s.rx_errors},
            {"dropped", s.rx_dropped},
            {"missed", s.rx_missed_errors},
            {"mcast", s.multicast},
            {"compressed", s.rx_compressed, s.rx_compressed != 0}};
}

Cells receive_error_cells(LinkStatistics const& s) {
    return {{"length", s.rx_length_errors},
            {"crc", s.rx_crc_errors},
            {"frame", s.rx_frame_errors},
            {"fifo", s.rx_fifo_errors},
            {"overrun", s.rx_over_errors},
            {"nohandler", s.rx_nohandler, s.rx_nohandler != 0},
            {"otherhost", s.rx_otherhost_dropped, s.rx_otherhost_dropped != 0}};
}

Cells transmit_cells(LinkStatistics const& s) {
    return {{"bytes", s.tx_bytes},
            {"packets", s.tx_packets},
            {"errors", s.tx_errors},
            {"dropped", s.tx_dropped},
            {"carrier", s.tx_carrier_errors},
            {"collsns", s.collisions},
            {"compressed", s.tx_compressed, s.tx_compressed != 0}};
}

Cells transmit_error_cells(LinkStatistics const& s, std::optional<std::uint32_t> changes) {
    return {{"aborted", s.tx_aborted_errors},
            {"fifo", s.tx_fifo_errors},
            {"window", s.tx_window_errors},
            {"heartbt", s.tx_heartbeat_errors},
            {"transns", changes.value_or(0), changes.has_value()}};
}

/// Headings, then the numbers below them. A column of bytes and packets always leaves room for its heading.
void write_block(IpWriter& writer, std::string_view heading, Cells const& cells, Widths const& widths,
                 IpDetails const& details) {
    writer.text(fmt::format("    {}:", heading));
    for (std::size_t i = 0; i < cells.size(); ++i)
        writer.text(
            fmt::format(" {:>{}}", cells[i].there ? cells[i].name : "", i == 0 ? widths[0] - 4 : widths[i]));
    writer.end_line();
    writer.text("    ");
    for (std::size_t i = 0; i < cells.size(); ++i)
        if (cells[i].there)
            writer.text(fmt::format("{:>{}} ", number_text(cells[i].value, details), widths[i]));
}

/// The same of errors: they stand from the second column on.
void write_error_block(IpWriter& writer, std::string_view heading, Cells const& cells, Widths const& widths,
                       IpDetails const& details) {
    bool const sending = heading == "TX";
    writer.end_line();
    writer.text(fmt::format("    {} errors:{:>{}}", heading, "", widths[0] - 10));
    for (std::size_t i = 0; i < cells.size(); ++i) {
        bool const optional = !sending && i >= 5;
        if (optional && !cells[i].there) continue;
        writer.text(fmt::format(" {:>{}}", cells[i].there ? cells[i].name : "", widths[i + 1]));
    }
    writer.end_line();
    writer.text(std::string(widths[0] + 5, ' '));
    for (std::size_t i = 0; i < cells.size(); ++i)
        if (cells[i].there)
            writer.text(fmt::format("{:>{}} ", number_text(cells[i].value, details), widths[i + 1]));
}

void write_text(IpWriter& writer, topology::Link const& link, IpDetails const& details) {
    auto const& s = *link.statistics;
    bool const more = details.statistics > 1;
    auto const receive = receive_cells(s), receive_errors = receive_error_cells(s);
    auto const transmit = transmit_cells(s), transmit_errors = transmit_error_cells(s, link.carrier_changes);
    auto widths = narrowest;
    if (!details.human) {
        widen(widths, receive, 0);
        widen(widths, transmit, 0);
        if (more) widen(widths, receive_errors, 1);
        if (more) widen(widths, transmit_errors, 2);
    }
    write_block(writer, "RX", receive, widths, details);
    if (more) write_error_block(writer, "RX", receive_errors, widths, details);
    writer.end_line();
    write_block(writer, "TX", transmit, widths, details);
    if (more) write_error_block(writer, "TX", transmit_errors, widths, details);
}

using Pairs = std::initializer_list<std::pair<std::string_view, std::uint64_t>>;

void write_pairs(IpWriter& writer, Pairs pairs) {
    for (auto const& [key, value] : pairs) writer.json(key, value);
}

void write_json(IpWriter& writer, topology::Link const& link, bool more) {
    auto const& s = *link.statistics;
    auto const unless_zero = [&writer](std::string_view key, std::uint64_t value) {
        if (value) writer.json(key, value);
    };
    writer.begin_object("stats64");
    writer.begin_object("rx");
    write_pairs(writer, {{"bytes", s.rx_bytes},
                         {"packets", s.rx_packets},
                         {"errors", s.rx_errors},
                         {"dropped", s.rx_dropped},
                         {"over_errors", s.rx_over_errors},
                         {"multicast", s.multicast}});
    unless_zero("compressed", s.rx_compressed);
    if (more) {
        write_pairs(writer, {{"length_errors", s.rx_length_errors},
                             {"crc_errors", s.rx_crc_errors},
                             {"frame_errors", s.rx_frame_errors},
                             {"fifo_errors", s.rx_fifo_errors},
                             {"missed_errors", s.rx_missed_errors}});
        unless_zero("nohandler", s.rx_nohandler);
        unless_zero("otherhost", s.rx_otherhost_dropped);
    }
    writer.end_object();
    writer.begin_object("tx");
    write_pairs(writer, {{"bytes", s.tx_bytes},
                         {"packets", s.tx_packets},
                         {"errors", s.tx_errors},
                         {"dropped", s.tx_dropped},
                         {"carrier_errors", s.tx_carrier_errors},
                         {"collisions", s.collisions}});
    unless_zero("compressed", s.tx_compressed);
    if (more) {
        write_pairs(writer, {{"aborted_errors", s.tx_aborted_errors},
                             {"fifo_errors", s.tx_fifo_errors},
                             {"window_errors", s.tx_window_errors},
                             {"heartbeat_errors", s.tx_heartbeat_errors}});
        if (link.carrier_changes) writer.json("carrier_changes", *link.carrier_changes);
    }
    writer.end_object();
    writer.end_object();
}

}  // namespace

void write_link_statistics(IpWriter& writer, topology::Link const& link, IpDetails const& details) {
    if (!link.statistics) return;
    if (writer.is_json())
        write_json(writer, link, details.statistics > 1);
    else
        write_text(writer, link, details);
}

}  // namespace vethwork::report
