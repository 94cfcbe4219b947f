//! The people of the demo. All of them are made up, and so is Tarnwick, the maker of laptops they talk about.

/// Somebody who writes in public: name, handle, and what they write about most.
pub(super) struct DemoAuthor {
    pub name: &'static str,
    pub handle: &'static str,
    /// Index into `mentions::THEMES`, most first.
    pub themes: [usize; 2],
    /// About how many mentions.
    pub mentions: u32,
}

const fn author(name: &'static str, handle: &'static str, first: usize, second: usize, mentions: u32) -> DemoAuthor {
    DemoAuthor { name, handle, themes: [first, second], mentions }
}

/// Those who complain.
pub(super) const RANTERS: &[DemoAuthor] = &[
    author("Maeve Donnelly", "maevedonnelly", 0, 1, 14),
    author("Tariq Hussain", "tariq_fixes", 3, 5, 12),
    author("Joanna Petrov", "jopetrov", 2, 0, 9),
    author("Callum Reid", "callumreid88", 1, 0, 11),
    author("Ngozi Umeh", "ngozi_umeh", 0, 3, 10),
    author("Petra Novak", "petranovakdesign", 3, 2, 8),
    author("Dafydd Price", "dafyddprice", 5, 4, 9),
    author("Simone Baptiste", "simone_b", 2, 1, 8),
    author("Harold Whitcombe", "hwhitcombe", 0, 1, 13),
    author("Aisha Rahman", "aishabuilds", 3, 0, 9),
    author("Greg Lindqvist", "greglindq", 2, 3, 7),
    author("Yuki Tanabe", "yukitanabe", 4, 5, 8),
    author("Bronwen Hughes", "bronwenh", 1, 2, 7),
    author("Marcus Oyelaran", "marcusoye", 0, 3, 10),
    author("Lena Fischer", "lena_f", 4, 3, 7),
    author("Rob Garside", "robgarside", 3, 0, 8),
    author("Priya Nair", "priyanair_", 2, 0, 9),
    author("Eoin Kavanagh", "eoinkav", 0, 5, 8),
    author("Dorota Zielinska", "dorotaz", 5, 3, 7),
    author("Sam Attwell", "samattwell", 1, 0, 8),
];

/// Those who praise.
pub(super) const RAVERS: &[DemoAuthor] = &[
    author("Isla Munro", "islamunro", 3, 5, 10),
    author("Kwame Asante", "kwame_asante", 0, 3, 9),
    author("Beth Langley", "bethlangley", 5, 4, 8),
    author("Rafael Moreno", "rafamoreno", 3, 2, 9),
    author("Hannah Sorensen", "hannahs_desk", 3, 0, 8),
    author("Deepak Joshi", "deepakj", 2, 3, 7),
    author("Fiona Gallacher", "fionag", 0, 5, 8),
    author("Olu Adeyemi", "oluadeyemi", 3, 4, 7),
    author("Clara Weiss", "claraweiss", 4, 5, 8),
    author("Tom Bickerstaff", "tombick", 5, 3, 7),
    author("Mei Lin Chow", "meilinchow", 2, 3, 8),
    author("Gareth Pugh", "garethpugh", 3, 0, 7),
    author("Sinead Boyle", "sineadboyle", 0, 3, 7),
    author("Arjun Mehta", "arjunm", 5, 3, 7),
    author("Ruth Ellison", "ruthellison", 4, 0, 6),
    author("Leo Marchetti", "leomarchetti", 3, 2, 7),
    author("Anneke de Wit", "annekedw", 5, 4, 6),
];

/// Those who say a thing now and then, of either kind: too little for a segment, and most of what one hears.
pub(super) const PASSERS_BY: &[(&str, &str)] = &[
    ("Jamie Wells", "jamiewells_"),
    ("Nadia Costa", "nadiacosta"),
    ("Phil Underhill", "philunderhill"),
    ("Grace Tembo", "gracetembo"),
    ("Ollie Barnes", "olliebarnes"),
    ("Catrin Bevan", "catrinbevan"),
    ("Zainab Malik", "zainabm"),
    ("Stuart Finch", "stufinch"),
    ("Ivy Chambers", "ivychambers"),
    ("Bogdan Ilie", "bogdanilie"),
    ("Rosa Delgado", "rosadelgado"),
    ("Will Thornton", "willthornton"),
    ("Keira Doyle", "keiradoyle"),
    ("Abdul Karim", "abdulkarim_"),
    ("Megan Foss", "meganfoss"),
    ("Peter Vance", "petervance"),
    ("Lucy Hargreaves", "lucyhargreaves"),
    ("Tomasz Wolny", "tomaszwolny"),
    ("Ada Brightwell", "adabrightwell"),
    ("Nikhil Rao", "nikhilrao"),
    ("Esther Quaye", "estherquaye"),
    ("Dan Moffat", "danmoffat"),
    ("Julia Stern", "juliastern"),
    ("Connor Byrne", "connorbyrne"),
    ("Sofia Lund", "sofialund"),
    ("Graham Peel", "grahampeel"),
    ("Tilly Marsh", "tillymarsh"),
    ("Hugo Benoit", "hugobenoit"),
    ("Amara Nwosu", "amaranwosu"),
    ("Val Pritchard", "valpritchard"),
];

/// Accounts that are excluded: the maker's own, one that only sells, a shop, and a machine that compares prices.
pub(super) const OWN: &[&str] = &["TarnwickHQ", "TarnwickHelp"];
pub(super) const SELLER: (&str, &str) = ("Laptop Deals Daily", "laptopdeals_uk");
pub(super) const SHOP: (&str, &str) = ("Used Tarnwick Laptops Shop", "usedtarnwick_leeds");
pub(super) const TICKER: (&str, &str) = ("Laptop prices", "laptopprices24");

/// A customer on the roster: name, what they own, their answer to "How much do you care which laptop you use?" and how many
/// days ago anybody was last in touch with them, at the beginning of the program.
pub(super) struct DemoCustomer {
    pub name: &'static str,
    pub products: &'static str,
    pub answer: &'static str,
    pub silent_days: i64,
    pub consents: bool,
}

const fn customer(name: &'static str, products: &'static str, answer: &'static str, silent_days: i64, consents: bool) -> DemoCustomer {
    DemoCustomer { name, products, answer, silent_days, consents }
}

/// The roster, as a customer system exports it.
pub(super) const CUSTOMERS: &[DemoCustomer] = &[
    customer("Alan Pickering", "Tarn 13", "It is just a tool", 540, true),
    customer("Bridget Moss", "Tarn 15", "2 of 10", 610, true),
    customer("Chidi Okonkwo", "Tarn 13; Dock 2", "Never think about it", 480, true),
    customer("Deirdre Flynn", "Fell 14", "Don't care", 700, true),
    customer("Edwin Marsh", "Tarn 15", "Could be any brand", 455, true),
    customer("Faith Solomon", "Tarn 13", "3 of 10", 390, true),
    customer("George Tully", "Beck 11", "Makes no difference", 820, true),
    customer("Helen Straw", "Tarn 15", "It just works", 505, true),
    customer("Imran Sheikh", "Fell 14; Monitor 27", "1 of 10", 415, true),
    customer("Jean Baxter", "Tarn 13", "No opinion", 930, true),
    customer("Kofi Mensah", "Beck 11", "Not important", 440, true),
    customer("Linda Caulfield", "Tarn 15", "2 of 10", 660, true),
    customer("Martin Oakes", "Tarn 13", "Whatever", 575, true),
    customer("Nora Feeney", "Fell 14", "Indifferent", 398, true),
    customer("Oscar Bell", "Tarn 13", "It is just a tool", 720, true),
    customer("Pauline Grady", "Tarn 15", "3 of 10", 430, true),
    customer("Quentin Ashby", "Beck 11", "Don't care", 610, true),
    customer("Rachel Ngata", "Tarn 13", "Makes no difference", 495, true),
    customer("Stephen Kwan", "Fell 14", "Never think about it", 380, false),
    customer("Tessa Lomax", "Tarn 15", "2 of 10", 520, false),
    customer("Umar Siddiqui", "Tarn 13; Dock 2", "9 of 10", 40, true),
    customer("Vera Holloway", "Fell 14", "I care a lot", 25, true),
    customer("Wesley Park", "Tarn 15", "8 of 10", 90, true),
    customer("Xanthe Miller", "Tarn 13", "6 of 10", 210, true),
    customer("Yvonne Carr", "Beck 11", "5 of 10", 300, true),
    customer("Zack Hobson", "Tarn 15", "Very important", 15, true),
    customer("Agnes Reilly", "Tarn 13", "", 800, true),
    customer("Bilal Anwar", "Fell 14", "4 of 10", 260, true),
    customer("Carol Swift", "Tarn 15", "7 of 10", 120, true),
    customer("Donald Muir", "Tarn 13", "", 1100, false),
];

/// "Maeve Donnelly" → "maeve.donnelly@example.com".
pub(super) fn address(name: &str) -> String {
    format!("{}@example.com", name.to_lowercase().replace(' ', "."))
}

/// Somebody who writes elsewhere: on another network, in another language; what, and whether it is a complaint.
pub(super) struct DemoAuthorAbroad {
    pub name: &'static str,
    pub handle: &'static str,
    pub network: &'static str,
    /// As the export gives it; empty where it does not.
    pub language: &'static str,
    pub country: &'static str,
    /// Whether the export says how many people a post reached.
    pub reach: bool,
    pub mentions: &'static [(&'static str, bool)],
}

/// Authors from other countries.
pub(super) const ABROAD: &[DemoAuthorAbroad] = &[
    DemoAuthorAbroad {
        name: "Annika Brandt",
        handle: "annika_brandt",
        network: "Reddit",
        language: "",
        country: "DE",
        reach: false,
        mentions: &[
            ("Seit drei Wochen warte ich auf einen Rückruf vom Tarnwick Kundendienst. Eine Frechheit.", true),
            ("Das Scharnier meines Fell 14 ist nach elf Monaten gebrochen, und niemand fühlt sich zuständig.", true),
            ("Heute kam endlich das Ersatzteil von Tarnwick, und es passt nicht. Ich bin sprachlos.", true),
        ],
    },
    DemoAuthorAbroad {
        name: "Jonas Keller",
        handle: "jkeller_hh",
        network: "Twitter",
        language: "de",
        country: "DE",
        reach: true,
        mentions: &[
            ("Das Netzteil von Tarnwick lässt sich jetzt einzeln nachkaufen. Endlich, sehr gut!", false),
            ("Die Reparaturanleitung von Tarnwick ist wirklich vorbildlich, danke dafür.", false),
        ],
    },
    DemoAuthorAbroad {
        name: "Lucía Herrero",
        handle: "luciaherrero",
        network: "Instagram",
        language: "es",
        country: "ES",
        reach: true,
        mentions: &[
            ("Tres semanas esperando al servicio técnico de Tarnwick y nadie me llama.", true),
            ("La pantalla de mi Tarn 15 llegó rota y Tarnwick dice que es culpa mía. Increíble.", true),
            ("El nuevo Tarn 13 es precioso y silencioso, estoy encantada.", false),
        ],
    },
    DemoAuthorAbroad {
        name: "Mathieu Lefort",
        handle: "mathieu_lefort",
        network: "Twitter",
        language: "fr",
        country: "FR",
        reach: true,
        mentions: &[
            ("Le panier du site Tarnwick se vide tout seul, impossible de commander depuis hier.", true),
            ("Tarnwick a repris mon vieil ordinateur à la livraison du nouveau, c'est parfait.", false),
        ],
    },
    DemoAuthorAbroad {
        name: "Marta Kowalczyk",
        handle: "marta.kowalczyk",
        network: "Facebook",
        language: "",
        country: "PL",
        reach: false,
        mentions: &[("Bateria w moim laptopie Tarnwick po roku trzyma tylko półtorej godziny, jestem bardzo rozczarowana.", true)],
    },
    DemoAuthorAbroad {
        name: "Jess Calloway",
        handle: "jess_calloway",
        network: "Reddit",
        language: "en",
        country: "US",
        reach: false,
        mentions: &[
            ("Shipped my Fell 14 back to Tarnwick for the hinge, got a different fault in return. Awful.", true),
            ("Anyone else in the US waiting for Tarnwick chargers? Six weeks now. Ridiculous.", true),
            ("Update on my charger: Tarnwick sent two for free. Great, thank you.", false),
            ("The Tarn 15 fan is louder than my dishwasher. Terrible in meetings.", true),
        ],
    },
    DemoAuthorAbroad {
        name: "Owen Tremblay",
        handle: "owentremblay",
        network: "YouTube",
        language: "en",
        country: "CA",
        reach: true,
        mentions: &[
            ("I took a Tarn 13 apart on camera: ten screws, no glue. Excellent work.", false),
            ("Part two of the teardown: the Fell 14 battery is glued in. A shame, really disappointing.", true),
        ],
    },
];
