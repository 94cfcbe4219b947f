//! Columns that line up in a terminal and in Markdown alike.

/// Rows of text under a heading.
pub struct BenchTable {
    title: String,
    rows: Vec<Vec<String>>,
}

impl BenchTable {
    /// An empty table with its column names.
    pub fn new(title: &str, columns: &[&str]) -> Self {
        Self { title: title.to_owned(), rows: vec![columns.iter().map(|name| (*name).to_owned()).collect()] }
    }

    /// One more row.
    pub fn row(&mut self, cells: &[String]) {
        self.rows.push(cells.to_vec());
    }

    /// Prints it; the first column to the left, numbers to the right.
    pub fn print(&self) {
        let width = |column: usize| self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.rows[0].len()).map(width).collect();
        println!("\n{}\n", self.title);
        for (number, row) in self.rows.iter().enumerate() {
            let cells = row.iter().enumerate().map(|(column, cell)| {
                let width = widths[column];
                if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            });
            println!("| {} |", cells.collect::<Vec<_>>().join(" | "));
            if number == 0 {
                let lines = widths
                    .iter()
                    .enumerate()
                    .map(|(column, width)| if column == 0 { "-".repeat(width + 2) } else { format!("{}:", "-".repeat(width + 1)) });
                println!("|{}|", lines.collect::<Vec<_>>().join("|"));
            }
        }
    }
}
