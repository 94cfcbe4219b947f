//! How it is known how a file is read.

text_enum! {
    /// How it is known in which order days and months stand, or in which zone the clocks are.
    #[derive(Default)]
    pub enum MappingOrigin {
        /// The file leaves no doubt.
        File = "file", "the file says so";
        /// Likely, from how the dates follow each other or from who made the file.
        #[default]
        Guessed = "guessed", "guessed";
        /// A person said so, now or for an earlier file with the same columns.
        User = "said", "as you said";
        /// Ambiguous: a person has to choose.
        Open = "open", "open";
    }
}
